package dev.cairn.cli.look;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.Main;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others wrote into a snapshot moves no cursor and makes no line of its own when it is listed. */
final class ShownTextTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private String run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Places places = new Places(Map.of("HOME", folder.toString()));
        int code = Main.run(places, Console.utf8(out), Console.utf8(err), arguments);
        assertThat(code).as(err.toString(UTF_8)).isZero();
        return out.toString(UTF_8);
    }

    @Test
    void snapshots_tagWithControlCharacters_showsThemEscaped() throws IOException {
        String repository = folder.resolve("repository").toString();
        Path source = Files.createDirectory(folder.resolve("source"));
        run("init", "-r", repository);
        run("snapshot", "-r", repository, source.toString(), "--tag", "red\u001b[31m\nnext");

        String listed = run("snapshots", "-r", repository);

        assertThat(listed.lines()).hasSize(2);
        assertThat(listed).contains("[red\\u001b[31m\\nnext]").doesNotContain("\u001b");
    }

    @Test
    void owner_nameWithControlCharacters_isEscaped() {
        assertThat(EntryText.owner("a\u0007b", 7)).isEqualTo("a\\u0007b");
        assertThat(EntryText.owner("", 4_294_967_294L)).isEqualTo("4294967294");
    }
}
