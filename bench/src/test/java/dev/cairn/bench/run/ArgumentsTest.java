package dev.cairn.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.TimeValue;

final class ArgumentsTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 28, 17, 5, 9);

    private static Arguments parse(String... arguments) {
        return Arguments.parse(List.of(arguments), NOW);
    }

    @Test
    void parse_nothing_standardProfileAndDatedFile() {
        assertThat(parse())
                .isEqualTo(new Arguments(Profile.STANDARD, Path.of("bench-2026-11-28-170509.json"), List.of()));
    }

    @Test
    void parse_oursAmongJmhs_parted() {
        assertThat(parse("-f", "2", "--short", "Cut", "--out", "a/b.json", "-prof", "gc"))
                .isEqualTo(new Arguments(Profile.SHORT, Path.of("a/b.json"), List.of("-f", "2", "Cut", "-prof", "gc")));
    }

    @Test
    void parse_contradictionOrHalf_refused() {
        assertThatThrownBy(() -> parse("--short", "--full")).hasMessageContaining("exclude each other");
        assertThatThrownBy(() -> parse("--out")).hasMessageContaining("--out takes one file");
        assertThatThrownBy(() -> parse("--out", "a", "--out", "b")).hasMessageContaining("--out takes one file");
    }

    @Test
    void onlyTells_listsAndHelp_true() {
        assertThat(parse("-lp").onlyTells()).isTrue();
        assertThat(parse("-h").onlyTells()).isTrue();
        assertThat(parse("Cut").onlyTells()).isFalse();
    }

    @Test
    void options_shortProfile_setsWhatIsNotGiven() throws CommandLineOptionException {
        Options options = Main.options(parse("--short", "-wi", "7", "-p", "transport=clear", "Wire"));

        assertThat(options.getIncludes()).containsExactly("Wire");
        assertThat(options.getWarmupIterations().get()).isEqualTo(7);
        assertThat(options.getWarmupTime().get()).isEqualTo(TimeValue.milliseconds(300));
        assertThat(options.getForkCount().get()).isEqualTo(1);
        assertThat(options.getParameter("transport").get()).containsExactly("clear");
        assertThat(options.getParameter("compression").get()).containsExactly("lz4", "zstd:3");
    }

    @Test
    void options_standardProfile_leavesTheRestToTheSuites() throws CommandLineOptionException {
        Options options = Main.options(parse());

        assertThat(options.getForkCount().hasValue()).isFalse();
        assertThat(options.getWarmupIterations().hasValue()).isFalse();
        assertThat(options.getParameter("compression").hasValue()).isFalse();
    }

    @Test
    void options_argumentsForForks_joinTheirOwn() throws CommandLineOptionException {
        Options options = Main.options(parse("-jvmArgsPrepend", "-Dx=y"));

        assertThat(options.getJvmArgsPrepend().get())
                .contains("--add-opens=java.base/java.nio=ALL-UNNAMED")
                .endsWith("-Dx=y");
    }
}
