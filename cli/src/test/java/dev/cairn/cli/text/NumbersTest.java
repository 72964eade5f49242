package dev.cairn.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers where people write them otherwise: with other digits, or a comma. */
final class NumbersTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void numbers_inAnyLocale_areWrittenAsScriptsReadThem() throws Exception {
        TestUser user = new TestUser(folder.resolve("home"));
        user.ok("init");
        Files.writeString(Files.createDirectory(folder.resolve("data")).resolve("file"), "text ".repeat(2_000));
        user.ok("snapshot", folder.resolve("data").toString());

        String english = stats(user, "en", "US");

        assertThat(english).contains("1 snapshot, 10.0 kB in all", "shared 1.00 times");
        assertThat(stats(user, "ar", "EG")).isEqualTo(english);
        assertThat(stats(user, "de", "DE")).isEqualTo(english);
    }

    /** Without what is left of the disk, which changes. */
    private String stats(TestUser user, String language, String country) throws IOException, InterruptedException {
        ProcessBuilder child = ChildProcess.prepare(user.environment(), "stats");
        child.command().addAll(1, List.of("-Duser.language=" + language, "-Duser.country=" + country));
        Process process = child.redirectError(folder.resolve("log").toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(Files.readString(folder.resolve("log")))
                .isZero();
        return out.replaceAll("[^ ]* [^ ]* free", "");
    }
}
