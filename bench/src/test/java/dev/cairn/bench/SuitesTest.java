package dev.cairn.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.bench.data.Rehearsal;
import dev.cairn.bench.data.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every suite is set up, called once and torn down, in this process, so that none rots between the runs that measure. */
final class SuitesTest {

    /** With another JMH on the machine nothing is measured right, and nothing is measured here. */
    private static final String IGNORE_LOCK = "jmh.ignoreLock";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @BeforeAll
    static void workInFolder() {
        System.setProperty(Scratch.PROPERTY, folder.toString());
        System.setProperty(Rehearsal.PROPERTY, "true");
        System.setProperty(IGNORE_LOCK, "true");
    }

    @AfterAll
    static void workElsewhere() {
        System.clearProperty(Scratch.PROPERTY);
        System.clearProperty(Rehearsal.PROPERTY);
        System.clearProperty(IGNORE_LOCK);
    }

    private static OptionsBuilder once() {
        OptionsBuilder options = new OptionsBuilder();
        options.forks(0)
                .mode(Mode.SingleShotTime)
                .warmupIterations(0)
                .measurementIterations(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        return options;
    }

    @Test
    void everySuite_calledOnce_succeedsAndLeavesNothing() throws RunnerException, IOException {
        Collection<RunResult> results = new Runner(once().param("compression", "lz4", "zstd:1")
                        .param("kind", "DUMP", "SPARSE")
                        .param("meanKiB", "64")
                        .build())
                .run();

        Set<String> called = results.stream()
                .map(RunResult::getParams)
                .map(BenchmarkParams::getBenchmark)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(called).isEqualTo(benchmarks());
        assertThat(results)
                .allSatisfy(result -> assertThat(result.getPrimaryResult().getScore())
                        .as(result.getParams().getBenchmark())
                        .isPositive());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    /** The methods that are marked, found without JMH. */
    private static Set<String> benchmarks() throws IOException {
        return classes().stream()
                .flatMap(suite -> Arrays.stream(suite.getMethods()))
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(method -> method.getDeclaringClass().getName() + "." + method.getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Class<?>> classes() throws IOException {
        Path root = Path.of(CutBenchmark.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        try (Stream<Path> files = Files.list(root.resolve("dev/cairn/bench"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith("Benchmark.class"))
                    .<Class<?>>map(name -> load("dev.cairn.bench." + name.substring(0, name.length() - 6)))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyBenchmark_saysWhatAnOperationIs() throws IOException {
        assertThat(classes().stream()
                        .flatMap(suite -> Arrays.stream(suite.getMethods()))
                        .filter(method -> method.isAnnotationPresent(Benchmark.class)))
                .hasSizeGreaterThan(30)
                .allMatch(method -> method.isAnnotationPresent(Operation.class), "has @Operation");
    }
}
