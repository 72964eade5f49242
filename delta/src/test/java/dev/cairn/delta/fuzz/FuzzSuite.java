package dev.cairn.delta.fuzz;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz tests of parsers. Each method with {@link FuzzTest} takes foreign bytes and fails if they do what they may not. Its corpus
 * is in the test resources, as Jazzer looks for it: {@code CLASSInputs/METHOD/}. A build replays the corpus and runs each on a
 * bounded number of mutations; {@code .ci/fuzz} lets Jazzer go on for as long as it is told.
 *
 * <p>Properties: {@code cairn.fuzz.seed} another seed, {@code cairn.fuzz.runs} and {@code cairn.fuzz.millis} the most mutations and
 * the most time of one target, {@code cairn.fuzz.write} the folder of test resources that {@link #seeds} are written to.
 */
public abstract class FuzzSuite {

    private static final long SEED = Long.getLong("cairn.fuzz.seed", 20_261_129);
    private static final int RUNS = Integer.getInteger("cairn.fuzz.runs", 1000);
    private static final long MILLIS = Long.getLong("cairn.fuzz.millis", 150);

    /**
     * Small valid inputs, made by the product, by the name of the target and a name of their own. They stand in the corpus; whoever
     * changes a format writes them anew.
     */
    protected abstract Map<String, Map<String, byte[]>> seeds() throws Exception;

    private Method[] targets() {
        return Arrays.stream(getClass().getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(FuzzTest.class))
                .sorted(Comparator.comparing(Method::getName))
                .toArray(Method[]::new);
    }

    @TestFactory
    final Stream<DynamicTest> corpus_ofEveryTarget_doesNoHarm() throws Exception {
        String folder = System.getProperty("cairn.fuzz.write");
        if (folder != null) {
            write(Path.of(folder));
        }
        return tests((target, corpus) -> {
            for (byte[] input : corpus) {
                run(target, input, "corpus");
            }
        });
    }

    @TestFactory
    final Stream<DynamicTest> mutatedCorpus_ofEveryTarget_doesNoHarm() {
        return tests((target, corpus) -> {
            Mutator mutator = new Mutator(
                    corpus, new SplittableRandom(SEED ^ target.getName().hashCode()));
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
            for (int run = 0; run < RUNS && System.nanoTime() < end; run++) {
                run(target, mutator.next(), "cairn.fuzz.seed=%d, run %d".formatted(SEED, run));
            }
        });
    }

    @FunctionalInterface
    private interface Trial {
        void run(Method target, List<byte[]> corpus) throws Exception;
    }

    private Stream<DynamicTest> tests(Trial trial) {
        return Arrays.stream(targets())
                .map(target -> dynamicTest(target.getName(), () -> trial.run(target, corpus(target.getName()))));
    }

    private void run(Method target, byte[] input, String which) throws IllegalAccessException {
        target.setAccessible(true);
        try {
            target.invoke(this, (Object) input.clone());
        } catch (InvocationTargetException e) {
            throw new AssertionError(
                    "%s: %s; input %s"
                            .formatted(which, e.getCause(), HexFormat.of().formatHex(input)),
                    e.getCause());
        }
    }

    private void write(Path resources) throws Exception {
        for (Map.Entry<String, Map<String, byte[]>> target : seeds().entrySet()) {
            Path folder = resources.resolve(inputs(target.getKey()));
            Files.createDirectories(folder);
            for (Map.Entry<String, byte[]> seed : target.getValue().entrySet()) {
                Files.write(folder.resolve(seed.getKey()), seed.getValue());
            }
        }
    }

    private String inputs(String target) {
        return getClass().getName().replace('.', '/') + "Inputs/" + target;
    }

    private List<byte[]> corpus(String target) throws IOException, URISyntaxException {
        URL folder = getClass().getClassLoader().getResource(inputs(target));
        if (folder == null) {
            throw new AssertionError(
                    "no corpus at " + inputs(target) + "; with -Dcairn.fuzz.write=src/test/resources it is written");
        }
        List<byte[]> corpus = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            for (Path file : files.sorted().toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    corpus.add(in.readAllBytes());
                }
            }
        }
        return corpus;
    }
}
