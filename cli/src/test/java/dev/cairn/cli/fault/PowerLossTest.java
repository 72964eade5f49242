package dev.cairn.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.FileTree;
import dev.cairn.cli.fixture.ServerProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Power cuts: what a command writes and syncs is recorded from a real process, and then many a disk is made that may be found if
 * the power failed in between ({@link ModelDisk}). On each, all that was acknowledged is there, byte for byte, and the next
 * command works.
 *
 * <p>{@code -Dcairn.powerloss.images=N} sets how many disks there are for each command; the seed is printed. A disk that is the same,
 * byte for byte, as one that was looked at with the same expectation is not looked at again, but counted.
 */
@Execution(ExecutionMode.CONCURRENT)
@Order(2)
class PowerLossTest extends CrashFixture {

    private static final int IMAGES = Integer.getInteger("cairn.powerloss.images", 24);

    /** On each so many-th disk that is looked at the work is gone on with. */
    private static final int CONTINUED = 20;

    /** The snapshots that were there before the traced command. */
    private final Set<String> before = new HashSet<>();

    private String repository() {
        return folder.resolve("repository").toString();
    }

    PowerLossTest() {
        super("cairn.powerloss.seed");
    }

    @Test
    void init() throws Exception {
        Path place = Files.createDirectories(folder.resolve("place"));
        user = new TestUser(place.resolve("home"));
        Trace trace = trace(place, "init", "-r", place.resolve("repository").toString());

        trace.eachDisk((image, isDone) -> {
            TestUser same = new TestUser(image.resolve("home"));
            String there = image.resolve("repository").toString();
            TestUser.Ending looked = same.run("-r", there, "snapshots");
            assertThat(looked.exitCode()).as("%s", looked).isIn(isDone ? List.of(0) : List.of(0, 10, 12, 13));
            assertThat(looked.err()).doesNotContain("Exception");
            if (isDone) {
                same.ok("-r", there, "snapshot", data().toString());
                same.ok("-r", there, "verify", "--data");
            }
        });
    }

    @Test
    void snapshot() throws Exception {
        twoSnapshots();
        change();
        Trace trace = trace(Path.of(repository()), "-r", repository(), "snapshot", data().toString(), "--json");
        String made = trace.told().path("snapshot").asText();

        trace.eachDisk((image, isDone) -> {
            requireWhole(image, isDone ? Set.of(made) : Set.of());
            if (trace.isContinued()) {
                user.ok("-r", image.toString(), "snapshot", data().toString());
                requireWhole(image, Set.of());
                assertThat(user.ok("-r", image.toString(), "cat", "main:sub/f3").outBytes())
                        .isEqualTo(Files.readAllBytes(data().resolve("sub/f3")));
            }
        });
    }

    @Test
    void repair() throws Exception {
        twoSnapshots();
        Trace trace = trace(Path.of(repository()), "-r", repository(), "repair", "--json");

        trace.eachDisk((image, isDone) -> {
            TestUser.Ending looked = user.run("-r", image.toString(), "snapshots");
            if (looked.exitCode() != 0) {
                // Between the old index and the new one there may be none: the volumes have everything.
                assertThat(looked.exitCode()).as("%s", looked).isIn(10, 13);
                assertThat(isDone).isFalse();
                user.ok("-r", image.toString(), "repair");
            }
            requireWhole(image, Set.of());
        });
    }

    @Test
    void gc() throws Exception {
        twoSnapshots();
        before.clear();
        user.ok("-r", repository(), "forget", "--keep-last", "1");
        user.ok("-r", repository(), "snapshots", "--json")
                .json()
                .forEach(kept -> before.add(kept.path("snapshot").asText()));
        Trace trace = trace(Path.of(repository()), "-r", repository(), "gc", "--dead-share", "0", "--json");
        assertThat(trace.told().path("volumesRemoved").asInt())
                .as("%s", trace.told())
                .isPositive();

        trace.eachDisk((image, isDone) -> {
            requireWhole(image, Set.of());
            if (trace.isContinued()) {
                user.ok("-r", image.toString(), "gc", "--dead-share", "0");
                requireWhole(image, Set.of());
            }
        });
    }

    @Test
    void pushToAServer() throws Exception {
        twoSnapshots();
        Path place = folder.resolve("served");
        Files.createDirectories(place);
        try (ServerProcess first = new ServerProcess(place)) {
            user.addRemote("origin", first.url("r"), first.enrolmentCode(), "-r", repository());
            user.ok("-r", repository(), "push");
            first.stop();
        }
        change();
        String made = user.json("-r", repository(), "snapshot", data().toString())
                .path("snapshot")
                .asText();
        Path log = folder.resolve("trace");
        ModelDisk disk = ModelDisk.copyOf(place.resolve("server"));
        double acknowledged;
        try (ServerProcess second = new ServerProcess(DiskTrace.strace(log), place)) {
            user.ok("-r", repository(), "remote", "remove", "origin");
            user.ok("-r", repository(), "remote", "add", "origin", second.url("r"), "--retry-for", "1m");
            user.ok("-r", repository(), "push");
            acknowledged = System.currentTimeMillis() / 1000.0;
            second.stop();
        }
        DiskTrace steps = DiskTrace.read(log, place.resolve("server"));
        Trace trace = new Trace(disk, steps.steps(), steps.doneBy(acknowledged));

        trace.eachDisk((image, isDone) -> {
            Path store = image.resolve("tenants/default/r");
            requireWhole(store, isDone ? Set.of(made) : Set.of());
        });
    }

    @Test
    void cloneOfAServer() throws Exception {
        twoSnapshots();
        Path place = Files.createDirectories(folder.resolve("place"));
        Path copy = place.resolve("copy");
        try (ServerProcess server = new ServerProcess(folder)) {
            user.addRemote("origin", server.url("r"), server.enrolmentCode(), "-r", repository());
            user.ok("-r", repository(), "push");
            Trace trace = trace(place, "clone", server.url("r"), copy.toString(), "--json");

            trace.eachDisk((image, isDone) -> {
                Path replica = image.resolve("copy");
                if (isDone) {
                    requireWhole(replica, Set.of());
                } else if (trace.isContinued()) {
                    user.ok("clone", server.url("r"), replica.toString());
                    requireWhole(replica, Set.of());
                } else {
                    TestUser.Ending verified = user.run("-r", replica.toString(), "verify", "--data");
                    assertThat(verified.exitCode()).as("%s", verified).isIn(0, 10);
                    assertThat(verified.err()).doesNotContain("Exception");
                }
            });
        }
    }

    private void twoSnapshots() throws IOException {
        user.ok("init", "-r", repository());
        for (int i = 0; i < 2; i++) {
            before.add(user.json("-r", repository(), "snapshot", data().toString())
                    .path("snapshot")
                    .asText());
            change();
        }
    }

    private void change() throws IOException {
        noise(data().resolve("sub/f" + random.nextInt(30)), 3_000);
        noise(data().resolve("new-" + random.nextInt()), 100_000);
        byte[] large = Files.readAllBytes(data().resolve("large"));
        large[random.nextInt(large.length)]++;
        Files.write(data().resolve("large"), large);
    }

    /** Every byte of every snapshot is right, and the snapshots that were acknowledged are among them. */
    private void requireWhole(Path image, Set<String> made) {
        List<String> there = user.ok("-r", image.toString(), "snapshots", "--json").jsonLines().stream()
                .flatMap(line -> line.isArray() ? all(line) : Stream.of(line))
                .map(snapshot -> snapshot.path("snapshot").asText())
                .toList();
        assertThat(there).containsAll(before).containsAll(made);
        user.ok("-r", image.toString(), "verify", "--data");
    }

    private static Stream<JsonNode> all(JsonNode array) {
        List<JsonNode> all = new ArrayList<>();
        array.forEach(all::add);
        return all.stream();
    }

    /** Runs a command to its end, and records what it does below {@code place}. */
    private Trace trace(Path place, String... arguments) throws Exception {
        ModelDisk disk = ModelDisk.copyOf(place);
        Path log = folder.resolve("trace");
        Path out = folder.resolve("out");
        ProcessBuilder child = ChildProcess.prepare(user.environment(), arguments);
        List<String> command = new ArrayList<>(DiskTrace.strace(log));
        command.addAll(child.command());
        Process process = child.command(command)
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        assertThat(process.waitFor())
                .as("%s", Files.readString(folder.resolve("err")))
                .isZero();
        List<DiskStep> steps = finished(log, place).steps();
        int told = steps.size();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof DiskStep.Told) {
                told = i;
            }
        }
        assertThat(steps).as("the trace").hasSizeGreaterThan(5);
        return new Trace(disk, steps, told);
    }

    /** The tracer may write its last lines after the command has ended. */
    private static DiskTrace finished(Path log, Path place) throws Exception {
        long size = -1;
        while (size != Files.size(log)) {
            size = Files.size(log);
            Thread.sleep(100);
        }
        return DiskTrace.read(log, place);
    }

    /** Looks at a disk after a power cut. */
    @FunctionalInterface
    private interface Check {
        void look(Path image, boolean isDone) throws Exception;
    }

    /** A command that was recorded. */
    private final class Trace {

        private final ModelDisk disk;
        private final List<DiskStep> steps;
        private final int acknowledged;
        private final Set<ByteBuffer> lookedAt = new HashSet<>();
        private int images;
        private int different;

        /**
         * @param disk before it
         * @param acknowledged how many steps were done when it told that all is done
         */
        Trace(ModelDisk disk, List<DiskStep> steps, int acknowledged) {
            this.disk = disk;
            this.steps = steps;
            this.acknowledged = acknowledged;
        }

        JsonNode told() throws IOException {
            return new ObjectMapper().readTree(Files.readString(folder.resolve("out")));
        }

        boolean isContinued() {
            return different % CONTINUED == 0;
        }

        /** Shows {@link #IMAGES} disks to {@code check}, of power cuts all along the command. */
        void eachDisk(Check check) throws Exception {
            int cuts = steps.size() + 1;
            for (int done = 0; done < cuts; done++) {
                boolean isDone = done > acknowledged;
                if (done == acknowledged + 1) {
                    lookedAt.clear();
                }
                int until = (int) ((long) IMAGES * (done + 1) / cuts);
                while (images < until) {
                    images++;
                    DiskImage image = disk.cut(random);
                    if (lookedAt.add(image.digest())) {
                        different++;
                        look(image, isDone, done, check);
                    }
                }
                if (done < steps.size()) {
                    disk.apply(steps.get(done));
                }
            }
            System.out.printf("%d steps, %d disks, %d of them different%n", steps.size(), images, different);
            assertThat(images).isEqualTo(IMAGES);
        }

        private void look(DiskImage image, boolean isDone, int done, Check check) throws IOException {
            Path place = folder.resolve("image-" + images);
            image.writeTo(place);
            try {
                check.look(place, isDone);
            } catch (AssertionError | Exception e) {
                throw new AssertionError(
                        "seed=%d, disk %d, after %d of %d steps".formatted(seed, images, done, steps.size()), e);
            }
            new FileTree(place).deleteIfExists();
        }
    }
}
