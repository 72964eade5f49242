package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbsolutePathTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String path(String raw, String workingFolder) throws IOException {
        return AbsolutePath.of(bytes(raw), bytes(workingFolder)).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/b",
        "/a//b/, /a/b",
        "/a/./b/., /a/b",
        "b, /w/b",
        "., /w",
        "/, /",
        "/.., /",
        "/../a, /a",
        "//a, /a",
    })
    void of_path_normalised(String raw, String expected) throws IOException {
        assertThat(path(raw, "/w")).isEqualTo(expected);
    }

    @Test
    void of_dotsAfterAFolder_leadUp(@TempDir Path dir) throws IOException {
        Files.createDirectories(dir.resolve("a/b"));

        assertThat(path(dir + "/a/b/../c", "/")).isEqualTo(dir + "/a/c");
        assertThat(path("../../x", dir + "/a/b")).isEqualTo(dir + "/x");
    }

    @Test
    void of_dotsAfterALink_leadUpFromItsTarget(@TempDir Path dir) throws IOException {
        Files.createDirectories(dir.resolve("deep/er"));
        Files.createSymbolicLink(dir.resolve("link"), Path.of("deep/er"));
        Files.createSymbolicLink(dir.resolve("absolute"), dir.resolve("deep/er"));

        assertThat(path(dir + "/link/../x", "/")).isEqualTo(dir + "/deep/x");
        assertThat(path(dir + "/absolute/../x", "/")).isEqualTo(dir + "/deep/x");
        assertThat(path(dir + "/link/x", "/")).isEqualTo(dir + "/link/x");
    }

    @Test
    void of_slashAtTheEnd_isKnown() throws IOException {
        assertThat(AbsolutePath.of(bytes("/a/"), bytes("/")).slashed()).isTrue();
        assertThat(AbsolutePath.of(bytes("/a/."), bytes("/")).slashed()).isTrue();
        assertThat(AbsolutePath.of(bytes("/a"), bytes("/")).slashed()).isFalse();
        assertThat(AbsolutePath.of(bytes("/a."), bytes("/")).slashed()).isFalse();
    }

    @Test
    void workingFolder_isThatOfTheProcess() {
        assertThat(AbsolutePath.workingFolder())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(System.getProperty("user.dir"));
    }
}
