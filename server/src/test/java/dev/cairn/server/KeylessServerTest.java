package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.Branch;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cas.repository.OpenOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.cas.snapshot.capture.Excludes;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Replica;
import dev.cairn.replicator.RetryPolicy;
import dev.cairn.replicator.TransferProgress;
import dev.cairn.replicator.TransferResult;
import dev.cairn.replicator.net.ClientIdentity;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.protocol.DeviceKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server has of a real repository: neither its keys, nor a word of what is in it. */
class KeylessServerTest {

    /** Packages that know keys, names or contents. */
    private static final List<String> KEYED = List.of(
            "dev.cairn.cas.seal.",
            "dev.cairn.cas.repository.",
            "dev.cairn.cas.manifest.",
            "dev.cairn.cas.snapshot.",
            "dev.cairn.chunker.");

    @TempDir
    Path folder;

    private final List<String> words = new ArrayList<>();
    private Path source;
    private Path keyFile;

    @BeforeEach
    void layOut() throws IOException {
        long seed = 12;
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        source = Files.createDirectory(folder.resolve("source"));
        keyFile = folder.resolve("key");
        Path letters = Files.createDirectories(source.resolve(word("Letters", random)));
        Files.writeString(letters.resolve(word("to-grandmother", random)), word("Dear grandmother", random));
        Files.writeString(letters.resolve(word("long", random)), (word("and so on", random) + " ").repeat(300));
        Path photo = source.resolve(word("photo", random));
        StringBuilder pixels = new StringBuilder();
        while (pixels.length() < 400_000) {
            pixels.append(word("pixel", random)).append(latin(bytes(8000, random)));
        }
        Files.writeString(photo, pixels, StandardCharsets.ISO_8859_1);
        Files.createSymbolicLink(source.resolve(word("link", random)), Path.of(word("target", random)));
    }

    /** A word that stands nowhere else. */
    private String word(String beginning, SplittableRandom random) {
        String word = "%s-%016x".formatted(beginning, random.nextLong());
        words.add(word);
        return word;
    }

    private static byte[] bytes(int count, SplittableRandom random) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void dataFolder_afterAPushOfARealRepository_holdsNothingOfIt() throws Exception {
        Path data = folder.resolve("served");
        Path classes = folder.resolve("classes.log");
        CreateOptions options = CreateOptions.withKeyFile(id -> keyFile).withCompression(new Compression.None());
        try (Repository repository =
                        Repository.create(folder.resolve("mine"), options).repository();
                ChildServer child = ChildServer.start(data, "-Xlog:class+load:file=" + classes)) {
            ObjectId snapshot = capture(repository);
            DeviceKey device = DeviceKey.random();
            RemoteUrl url = RemoteUrl.parse(child.url() + "/default/photos");
            try (RemoteClient client = client(url, device)) {
                client.enrol(child.code(), "laptop");
                assertThat(client.push(Replica.of(repository), List.of(), TransferProgress.NONE)
                                .result()
                                .hasConflict())
                        .isFalse();
            }
            pullAndCompare(client(url, device), snapshot);
            ObjectId changed = changePhotoAndPush(repository, client(url, device));
            pullAndCompare(client(url, device), changed);
            assertThat(child.stop()).isZero();
            assertHoldsNothing(data, repository);
        }
        assertNoKeyedClass(Files.readAllLines(classes));
    }

    /** A second version, which goes over as deltas of the first. */
    private ObjectId changePhotoAndPush(Repository repository, RemoteClient remote) throws IOException {
        Path photo = photo();
        byte[] bytes = Files.readAllBytes(photo);
        for (int at = 1_000; at < bytes.length; at += 90_000) {
            bytes[at]++;
        }
        Files.write(photo, bytes);
        ObjectId snapshot = capture(repository);
        try (remote) {
            TransferResult result = remote.push(Replica.of(repository), List.of(), TransferProgress.NONE)
                    .result();
            assertThat(result.hasConflict()).isFalse();
            assertThat(result.deltaRecords()).isPositive();
            assertThat(result.recordBytesSent()).isLessThan(bytes.length / 10);
            assertThat(result.batchesResent()).isZero();
        }
        return snapshot;
    }

    private Path photo() throws IOException {
        try (var files = Files.list(source)) {
            return files.filter(file -> file.getFileName().toString().startsWith("photo"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The bytes of the photo in a snapshot. */
    private byte[] photoIn(Repository repository, ObjectId snapshot) throws IOException {
        String name = photo().getFileName().toString();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MerkleMap.ofEntries(repository.snapshot(snapshot).manifest(), repository.objects())
                .iterator()
                .forEachRemaining(entry -> {
                    if (entry.path().toString().endsWith(name)) {
                        FileContentReader.of(entry.requireContent(), repository.objects())
                                .forEachRemaining(extent -> {
                                    Extent.Data data = (Extent.Data) extent;
                                    bytes.write(data.bytes(), data.start(), (int) data.length());
                                });
                    }
                });
        return bytes.toByteArray();
    }

    private ObjectId capture(Repository repository) {
        CapturePlan plan = new CapturePlan(
                List.of(source.toString().getBytes(StandardCharsets.UTF_8)),
                "main",
                List.of(word("tag", new SplittableRandom(1))),
                Excludes.NONE,
                false,
                false,
                false,
                List.of(),
                word("host", new SplittableRandom(2)),
                word("user", new SplittableRandom(3)));
        CaptureStore store = CaptureStore.of(repository, word("program", new SplittableRandom(4)));
        return Objects.requireNonNull(new Capture(store)
                .run(plan, CaptureProgress.NONE, Cancellation.NEVER)
                .snapshot());
    }

    private static RemoteClient client(RemoteUrl url, DeviceKey device) {
        return RemoteClient.open(url, ClientIdentity.of(device, "a test"), RetryPolicy.within(Duration.ofSeconds(5)));
    }

    /** Another holder of the key gets everything back from the server, under the key. */
    private void pullAndCompare(RemoteClient remote, ObjectId snapshot) throws IOException {
        Path place = folder.resolve("other-" + snapshot);
        try (remote;
                Repository other = Repository.adopt(
                        place,
                        remote.info().configuration().bytes(),
                        "the server",
                        id -> new KeySource.KeyFilePath(keyFile),
                        OpenOptions.DEFAULT)) {
            remote.pull(Replica.of(other), List.of(), other.temporaryFolder(), TransferProgress.NONE);
            assertThat(other.store().branch("main").map(Branch::snapshot)).contains(snapshot);
            assertThat(other.snapshot(snapshot).description().tags()).hasSize(1);
            assertThat(photoIn(other, snapshot)).isEqualTo(Files.readAllBytes(photo()));
        }
    }

    private void assertHoldsNothing(Path data, Repository repository) throws IOException {
        List<String> secrets = new ArrayList<>(words);
        assertThat(secrets).hasSizeGreaterThan(10);
        for (byte[] key : List.of(
                repository.keys().chunkerKey().copy(),
                repository.keys().manifestKey().copy(),
                repository.keys().localKey().copy())) {
            secrets.add(latin(key));
            secrets.add(HexFormat.of().formatHex(key));
        }
        String keyText = Files.readString(keyFile)
                .lines()
                .filter(line -> line.startsWith("key: "))
                .findFirst()
                .orElseThrow()
                .substring("key: ".length());
        secrets.add(keyText);
        secrets.add(latin(HexFormat.of().parseHex(keyText)));
        secrets.add(source.toString());

        String plain = bytes(source);
        assertThat(words.subList(0, 40)).as("words of names and contents").allMatch(plain::contains);
        String stored = bytes(data);
        assertThat(stored.length()).as("what is looked through").isGreaterThan(400_000);
        assertThat(List.of("main", "laptop", latin(repository.id().bytes()))).allMatch(stored::contains);
        assertThat(secrets).noneMatch(stored::contains);
    }

    private static String bytes(Path tree) throws IOException {
        StringBuilder all = new StringBuilder();
        try (var files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                all.append(file).append('\n');
                if (Files.isRegularFile(file)) {
                    all.append(latin(Files.readAllBytes(file)));
                }
            }
        }
        return all.toString();
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The server that did all this never even loaded what could open a record. */
    private static void assertNoKeyedClass(List<String> log) {
        assertThat(log)
                .anyMatch(line -> line.contains("dev.cairn.server.CairnServer "))
                .anyMatch(line -> line.contains("dev.cairn.cas.lmdb.LmdbObjectStore "))
                .anyMatch(line -> line.contains("dev.cairn.replicator.DiffStream "));
        assertThat(log.stream()
                        .filter(line -> KEYED.stream().anyMatch(line::contains))
                        .toList())
                .isEmpty();
    }
}
