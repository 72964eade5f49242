package dev.cairn.cli.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cli.failure.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Setting.Table read(String text) throws IOException {
        return ConfigurationFile.read(Files.writeString(folder.resolve("f.toml"), text));
    }

    @Test
    void read_everyKindOfValue_isThereWithItsLine() throws IOException {
        Setting.Table table = read("""
            text = "a"
            number = 5
            flag = true
            half = 0.5
            day = 2026-01-01

            list = ["a",
              ["b", 1]]
            [one."two.three"]
            four = 'x'
            """);
        assertThat(table.get("text").orElseThrow().asText("text")).isEqualTo("a");
        assertThat(table.get("number").orElseThrow().asText("number")).isEqualTo("5");
        assertThat(table.get("flag").orElseThrow().asFlag("flag")).isTrue();
        assertThat(table.get("list").orElseThrow().place().line()).isEqualTo(7);
        assertThat(table.table("one")
                        .flatMap(one -> one.table("two.three"))
                        .flatMap(below -> below.get("four"))
                        .orElseThrow()
                        .place()
                        .line())
                .isEqualTo(10);
        for (String other : List.of("half", "day")) {
            assertThatThrownBy(() -> table.get(other).orElseThrow().asText(other))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("f.toml:");
        }
        assertThatThrownBy(() -> table.get("list").orElseThrow().asTexts("list"))
                .hasMessageContaining("f.toml:7: 'list' is to be a list of texts in quotes, and this is a list");
    }

    @Test
    void read_whatIsNoToml_isToldWithItsLine() {
        for (String wrong : List.of("a = 1\nb = \"x\n", "a = 1\n[x\n", "a = 1\na = 2\n", "\nb = [1\n\n")) {
            assertThatThrownBy(() -> read(wrong))
                    .as(wrong)
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageMatching("(?s).*f\\.toml:[234]: not TOML: .*");
        }
    }

    @Test
    void read_whatIsHostile_isRefusedAndNotLoaded() throws IOException {
        Path file = folder.resolve("f.toml");
        Files.write(file, "a = \"\u00fc\"".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ConfigurationFile.read(file)).hasMessageContaining("not UTF-8");
        Files.writeString(file, "#".repeat((1 << 20) + 1));
        assertThatThrownBy(() -> ConfigurationFile.read(file)).hasMessageContaining("more than 1,048,576 bytes");
        assertThatThrownBy(() -> read("a = " + "[".repeat(30) + "]".repeat(30))).hasMessageContaining("16 deep");
        assertThatThrownBy(() -> read("a = " + "[".repeat(200_000))).isInstanceOf(CommandFailure.class);
    }

    @Test
    void requireOnly_unknownKey_namesTheNearest() throws IOException {
        Setting.Table table = read("exlude = 1");
        assertThatThrownBy(() -> table.requireOnly(List.of("exclude", "paths")))
                .hasMessageContaining("f.toml:1: there is no key 'exlude'");
        assertThat(NearestName.of("exlude", List.of("paths", "exclude", "exclude-file")))
                .contains("exclude");
        assertThat(NearestName.of("repo", List.of("repository", "paths"))).contains("repository");
        assertThat(NearestName.of("pahts", List.of("repository", "paths"))).contains("paths");
        assertThat(NearestName.of("KEEP_LAST", List.of("keep-last", "keep-tag")))
                .contains("keep-last");
        assertThat(NearestName.of("zzz", List.of("repository", "paths"))).isEmpty();
        assertThat(NearestName.of("", List.of("repository"))).isEmpty();
    }
}
