package dev.cairn.cas.lmdb;

import static dev.cairn.cas.TestRecords.provided;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.lmdb.wire.Journal;
import dev.cairn.cas.lmdb.wire.JournalBranch;
import dev.cairn.cas.lmdb.wire.JournalCheckpoint;
import dev.cairn.cas.lmdb.wire.JournalConfiguration;
import dev.cairn.cas.lmdb.wire.JournalMove;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Volumes that LMDB finds in order and whose containers no store wrote, with every checksum right. A rebuild and a recovery
 * take in what is good and report the rest; nothing hostile stops them, or takes memory on its word.
 */
final class HostileVolumeTest {

    private static final LmdbObjectStore.Options OPTIONS = LmdbObjectStore.Options.DEFAULT;

    private final TestRecords make = new TestRecords(101);
    private final ObjectId tip = make.id();
    private final List<SealedRecord> good = make.tree(tip, 1, 400);

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path folder = Path.of("");
    private final List<byte[]> containers = new ArrayList<>();
    private long sequence;

    @BeforeEach
    void createReplica() {
        folder = temporary.resolve("replica");
        LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, OPTIONS).close();
    }

    private void add(Container.Kind kind, long firstSequence, byte[]... bodies) {
        List<Container.Body> all = Arrays.stream(bodies)
                .map(body -> new Container.Body(body, Admission.Terms.VERIFIED, Sha256.of(body)))
                .toList();
        long bodyBytes = Arrays.stream(bodies).mapToLong(body -> body.length).sum();
        ByteBuffer value = ByteBuffer.allocate(Container.valueBytes(bodies.length, bodyBytes));
        Container.write(value, kind, 1, containers.size() + 1, SmallReplica.REPOSITORY, firstSequence, all);
        containers.add(value.array());
    }

    private void addGood() {
        add(
                Container.Kind.RECORDS,
                sequence,
                good.stream().map(SealedRecord::bytes).toArray(byte[][]::new));
        sequence += good.size();
    }

    private void addJournal(Journal.Builder journal) {
        add(
                Container.Kind.JOURNAL,
                0,
                journal.setRepositoryId(ByteString.copyFrom(SmallReplica.REPOSITORY.bytes()))
                        .build()
                        .toByteArray());
    }

    private void write() {
        Path volume = folder.resolve(Damage.volume(1));
        try (Environment environment = Environment.volume(volume, VolumeSet.MAP_BYTES, Environment.Mode.CREATE);
                WriteView view = environment.write()) {
            for (int i = 0; i < containers.size(); i++) {
                view.append(Table.CONTAINERS, RecordRow.key(i + 1), containers.get(i).length)
                        .put(containers.get(i));
            }
            view.commit();
        }
    }

    /** Rebuilds and recovers, each from the same volume. Both must take in what is good, and go on. */
    private RebuildReport requireGoodTakenIn() throws IOException {
        write();
        Path recovered = temporary.resolve("recovered");
        SmallReplica.copy(folder, recovered);
        try (LmdbObjectStore store = LmdbObjectStore.open(recovered, OPTIONS)) {
            requireGood(store);
        }
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder, OPTIONS);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            requireGood(store);
        }
        return report;
    }

    private void requireGood(LmdbObjectStore store) {
        SealedRecord more = make.run(50);
        store.commit(List.of(more));
        for (SealedRecord record : good) {
            assertThat(store.read(store.providers(provided(record)).getFirst()).bytes())
                    .isEqualTo(record.bytes());
        }
        assertThat(store.has(provided(more))).isTrue();
        CrashTest.requireWhole(store, 4);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 56, Long.MAX_VALUE})
    void replay_journalWithASequenceOutOfRange_isReported(long next) throws IOException {
        addJournal(Journal.newBuilder().setNextSequence(next));
        addGood();
        assertThat(requireGoodTakenIn().losses()).singleElement().asString().contains("a sequence");
    }

    @Test
    void replay_journalsThatSayNonsense_areReportedOneByOne() throws IOException {
        ByteString shortId = ByteString.copyFrom(new byte[31]);
        ByteString id = ByteString.copyFrom(tip.bytes());
        ByteString operation = ByteString.copyFrom(new byte[16]);
        add(Container.Kind.JOURNAL, 0, "no journal at all".getBytes(US_ASCII));
        addJournal(Journal.newBuilder()
                .addMoves(JournalMove.newBuilder()
                        .setBranch("../../etc")
                        .setMoved(true)
                        .setSnapshot(id)
                        .setVersion(1)
                        .setOperation(operation)));
        addJournal(Journal.newBuilder()
                .addMoves(JournalMove.newBuilder()
                        .setBranch("main")
                        .setMoved(true)
                        .setSnapshot(shortId)));
        addJournal(Journal.newBuilder()
                .addMoves(JournalMove.newBuilder()
                        .setBranch("main")
                        .setSnapshot(id)
                        .setVersion(1)
                        .setOperation(shortId)));
        addJournal(Journal.newBuilder()
                .addMoves(JournalMove.newBuilder()
                        .setBranch("main")
                        .setMoved(true)
                        .setSnapshot(id)
                        .setOperation(operation)
                        .addRetained(shortId)));
        addJournal(Journal.newBuilder()
                .setConfiguration(JournalConfiguration.newBuilder().setRevision(0)));
        addJournal(Journal.newBuilder()
                .setConfiguration(JournalConfiguration.newBuilder()
                        .setRevision(1)
                        .setBytes(ByteString.copyFrom(new byte[StoredConfiguration.BYTES_MAX + 1]))));
        addJournal(Journal.newBuilder()
                .setCheckpoint(JournalCheckpoint.newBuilder()
                        .addBranches(JournalBranch.newBuilder().setName("").setSnapshot(id))));
        addGood();
        RebuildReport report = requireGoodTakenIn();
        assertThat(report.lossCount()).isEqualTo(8);
        assertThat(report.losses()).allMatch(loss -> loss.contains("volume 000001.mdb, container "));
    }

    @Test
    void replay_branchAtAnUnknownSnapshot_isLeftOutAndItsMoveForgotten() throws IOException {
        addGood();
        ByteString unknown = ByteString.copyFrom(make.id().bytes());
        addJournal(Journal.newBuilder()
                .addMoves(JournalMove.newBuilder()
                        .setBranch("main")
                        .setMoved(true)
                        .setSnapshot(ByteString.copyFrom(tip.bytes()))
                        .setVersion(3)
                        .setOperation(ByteString.copyFrom(new byte[16])))
                .addMoves(JournalMove.newBuilder()
                        .setBranch("main")
                        .setMoved(true)
                        .setSnapshot(unknown)
                        .setVersion(4)
                        .addRetained(unknown)
                        .setOperation(ByteString.copyFrom(new byte[16]))));
        assertThat(requireGoodTakenIn().lossCount()).isEqualTo(2);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            assertThat(store.branches()).containsExactly(new Branch("main", tip, 3));
        }
    }

    @Test
    void replay_recordsThatAreNone_areReportedOneByOne() throws IOException {
        byte[] manyProvided = good.getFirst().bytes().clone();
        ByteBuffer.wrap(manyProvided).putInt(8, Integer.MAX_VALUE);
        byte[] manyChildren = good.get(1).bytes().clone();
        ByteBuffer.wrap(manyChildren).putInt(12 + ObjectId.BYTES, RecordHeader.CHILDREN_MAX);
        add(
                Container.Kind.RECORDS,
                0,
                new byte[0],
                new byte[1],
                new byte[100],
                manyProvided,
                manyChildren,
                Arrays.copyOf(good.get(2).bytes(), 20));
        sequence = 6;
        addGood();
        RebuildReport report = requireGoodTakenIn();
        assertThat(report.lossCount()).isEqualTo(6);
        assertThat(report.losses()).allMatch(loss -> loss.contains("volume 000001.mdb, container 1"));
    }

    @Test
    void replay_sequencesUsedTwice_keepEveryRecord() throws IOException {
        SealedRecord one = make.run(60);
        SealedRecord other = make.run(70);
        add(Container.Kind.RECORDS, 2, one.bytes());
        add(Container.Kind.RECORDS, 2, other.bytes());
        addGood();
        RebuildReport report = requireGoodTakenIn();
        assertThat(report.records()).isEqualTo(5);
        assertThat(report.losses()).isEmpty();
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            for (SealedRecord record : List.of(one, other)) {
                assertThat(store.read(store.providers(provided(record)).getFirst())
                                .bytes())
                        .isEqualTo(record.bytes());
            }
        }
    }

    @Test
    void replay_containersThatAreNone_areReportedOneByOne() throws IOException {
        containers.add(new byte[4080]);
        add(Container.Kind.RECORDS, 0, good.getFirst().bytes());
        byte[] otherKey = containers.getLast();
        ByteBuffer.wrap(otherKey).putLong(16, 77);
        reseal(otherKey);
        add(Container.Kind.RECORDS, (1L << 56) - 1, good.getFirst().bytes());
        addGood();
        assertThat(requireGoodTakenIn().lossCount()).isEqualTo(3);
    }

    private static void reseal(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        int headEnd = Container.FIXED_BYTES + Container.ENTRY_BYTES;
        buffer.putInt(headEnd, Checksum.crc32c(buffer, 0, headEnd));
    }

    /** A head that is whole and claims more bodies than the file, or any memory, has. */
    @Test
    void rebuild_headThatClaimsGigabytes_isReportedWhenTheVolumeIsSalvaged() throws IOException {
        add(Container.Kind.RECORDS, 0, make.bytes(10), make.bytes(10));
        byte[] hostile = containers.getLast();
        ByteBuffer head = ByteBuffer.wrap(hostile);
        head.putInt(68, Integer.MAX_VALUE);
        head.putInt(Container.FIXED_BYTES, Integer.MAX_VALUE / 2);
        head.putInt(Container.FIXED_BYTES + Container.ENTRY_BYTES, Integer.MAX_VALUE / 2 + 1);
        int headEnd = Container.FIXED_BYTES + 2 * Container.ENTRY_BYTES;
        head.putInt(headEnd, Checksum.crc32c(head, 0, headEnd));
        addGood();
        write();
        Path volume = folder.resolve(Damage.volume(1));
        byte[] bytes = Files.readAllBytes(volume);
        Arrays.fill(bytes, 0, 2 * Damage.PAGE_BYTES, (byte) 0);
        Files.write(volume, bytes);
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder, OPTIONS);
        assertThat(report.losses()).anyMatch(loss -> loss.contains("a length"));
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            requireGood(store);
        }
    }
}
