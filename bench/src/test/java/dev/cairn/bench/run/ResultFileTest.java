package dev.cairn.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run writes is read again, and only that; a real run of the tiniest kind writes what the page shows. */
final class ResultFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** Whether another JMH runs on the machine does not matter where nothing is measured. */
    @BeforeAll
    static void ignoreOthers() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @AfterAll
    static void mindOthers() {
        System.clearProperty("jmh.ignoreLock");
    }

    static ResultFile sample(double score) {
        return new ResultFile(
                "2026-11-28T17:00:00Z",
                12.5,
                List.of("--short", "Cut"),
                Map.of("cpu", "C", "cores", 2L, "memoryBytes", 1024L, "os", "O"),
                Map.of("cairn", "1", "jdk", "25", "vm", "V", "jmh", "1.37"),
                List.of(Map.of(
                        "benchmark",
                        "dev.cairn.bench.CutBenchmark.cut",
                        "mode",
                        "thrpt",
                        "operation",
                        "MiB",
                        "params",
                        Map.of("meanKiB", "64"),
                        "primaryMetric",
                        Map.of("score", score, "scoreError", "NaN", "scoreUnit", "ops/s"))));
    }

    @Test
    void write_sample_isReadBackEqual() throws IOException {
        Path file = folder.resolve("a.json");
        Files.writeString(file, "what was there");
        sample(100.5).write(file);

        assertThat(ResultFile.read(file)).isEqualTo(sample(100.5));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void read_somethingElse_namesFileAndReason() throws IOException {
        Path file = folder.resolve("a.json");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> ResultFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a.json is no result file")
                .hasMessageContaining("its format is 'null'");
        String text = sample(1).json();
        assertThatThrownBy(() -> ResultFile.parse(text.replace("\"results\"", "\"other\"")))
                .hasMessageContaining("results is no list");
        assertThatThrownBy(() -> ResultFile.parse(text.replace("\"machine\"", "\"other\"")))
                .hasMessageContaining("machine is no object");
        assertThatThrownBy(() -> ResultFile.parse(text.replace("12.5", "\"long\"")))
                .hasMessageContaining("seconds is no number");
        assertThatThrownBy(() -> ResultFile.parse("[]")).hasMessageContaining("the document is no object");
    }

    @Test
    void operation_ofBenchmarks_isTheirAnnotation() {
        assertThat(ResultFile.operation("dev.cairn.bench.CutBenchmark.cut")).isEqualTo("MiB");
        assertThat(ResultFile.operation("dev.cairn.bench.MerkleMapBenchmark.build"))
                .isEqualTo("entry");
        assertThat(ResultFile.operation("dev.cairn.bench.CutBenchmark.noSuch")).isEqualTo("op");
        assertThat(ResultFile.operation("no.such.Suite.method")).isEqualTo("op");
        assertThat(ResultFile.operation("none")).isEqualTo("op");
    }

    /** In a fork, as every run: its arguments must be right for LMDB, and the result must come back. */
    @Test
    void run_oneBenchmarkOneIteration_writesWhatThePageNeeds() throws IOException {
        Path file = folder.resolve("deep/run.json");
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        ByteArrayOutputStream failed = new ByteArrayOutputStream();
        int code = Main.run(
                List.of(
                        "-f",
                        "1",
                        "-wi",
                        "0",
                        "-i",
                        "2",
                        "-r",
                        "10ms",
                        "-v",
                        "SILENT",
                        "-jvmArgsAppend",
                        "-Dcairn.bench.dir=" + folder.resolve("work"),
                        "--out",
                        file.toString(),
                        "IndexBenchmark.lookupAbsent"),
                new PrintStream(told, true, StandardCharsets.UTF_8),
                new PrintStream(failed, true, StandardCharsets.UTF_8));

        assertThat(failed.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
        assertThat(told.toString(StandardCharsets.UTF_8)).contains("Results are in " + file);
        ResultFile result = ResultFile.read(file);
        assertThat(result.machine()).containsKeys("cpu", "cores", "memoryBytes", "os");
        assertThat(result.versions()).containsKeys("cairn", "commit", "jdk", "vm", "jmh");
        assertThat(result.versions().get("jmh")).isEqualTo("1.37");
        assertThat(result.arguments()).contains("IndexBenchmark.lookupAbsent");
        assertThat(result.seconds()).isPositive();
        assertThat(result.results()).singleElement().satisfies(one -> {
            assertThat(one)
                    .containsEntry("benchmark", "dev.cairn.bench.IndexBenchmark.lookupAbsent")
                    .containsEntry("operation", "id")
                    .containsEntry("mode", "thrpt");
            assertThat(one.get("primaryMetric"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsKeys("score", "scoreError", "scoreUnit", "rawData");
        });
    }

    @Test
    void run_wrongCommandLine_says2() {
        ByteArrayOutputStream failed = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(failed, true, StandardCharsets.UTF_8);
        assertThat(Main.run(List.of("--short", "--full"), System.out, err)).isEqualTo(2);
        assertThat(Main.run(List.of("--no-such-option"), System.out, err)).isEqualTo(2);
        assertThat(Main.run(List.of("report"), System.out, err)).isEqualTo(2);
        assertThat(Main.run(List.of("report", "/no/such.json"), System.out, err))
                .isEqualTo(1);
        assertThat(failed.toString(StandardCharsets.UTF_8))
                .contains("exclude each other", "no-such-option", "1 or 2 results", "/no/such.json");
    }
}
