package dev.cairn.cas.lmdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.lmdb.GoldenRows.Values;
import dev.cairn.cas.lmdb.wire.Journal;
import dev.cairn.cas.seal.GoldenFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Version 1 of containers, journals and the rows of the index, byte by byte: what is in {@code golden/v1} must be read, and
 * written, by every later one. Bytes that come out otherwise are a new version of the format.
 */
final class StoreGoldenTest {

    private static final List<Container.Body> BODIES = List.of(
            body("the first record", Admission.Repeats.SKIPPED),
            body("", Admission.Repeats.SKIPPED),
            body("a record that mends", Admission.Repeats.MENDING));

    private static Container.Body body(String text, Admission.Repeats repeats) {
        byte[] bytes = text.getBytes(UTF_8);
        return new Container.Body(bytes, new Admission.Terms(repeats, 0), Sha256.of(bytes));
    }

    private static void requireGolden(String name, byte[] actual) throws IOException {
        try (InputStream file = StoreGoldenTest.class.getResourceAsStream("/golden/v1/" + name)) {
            if (file == null) {
                Path written = Files.createDirectories(Path.of("target", "golden", "v1"))
                        .resolve(name);
                Files.write(written, actual);
                throw new AssertionError("no golden file; what it would be is in " + written.toAbsolutePath());
            }
            assertThat(actual).isEqualTo(file.readAllBytes());
        }
    }

    @ParameterizedTest
    @EnumSource
    void encode_theGoldenValue_givesTheGoldenRow(GoldenRows golden) throws IOException {
        requireGolden(golden.fileName, golden.encode());
    }

    @ParameterizedTest
    @EnumSource
    void decode_theGoldenRow_givesTheValue(GoldenRows golden) {
        assertThat(golden.decode(GoldenFile.read(golden.fileName))).isEqualTo(golden.expected());
    }

    @ParameterizedTest
    @EnumSource
    void decode_anyBitOfTheGoldenRowChanged_isDamage(GoldenRows golden) {
        byte[] row = GoldenFile.read(golden.fileName);
        for (int bit = 0; bit < 8 * row.length; bit++) {
            byte[] changed = row.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> golden.decode(changed))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("index, table");
        }
    }

    @Test
    void seal_rowOfAnotherTableOrKey_isDamage() {
        byte[] key = {1, 2, 3};
        ByteBuffer row = ByteBuffer.wrap(HeapRows.sealed(Table.LOCAL_0, key, new byte[] {4}));
        assertThat(RowCheck.open(Table.LOCAL_0, key, row).get()).isEqualTo((byte) 4);
        assertThatThrownBy(() -> RowCheck.open(Table.LOCAL_1, key, row)).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> RowCheck.open(Table.LOCAL_0, new byte[] {1, 2}, row))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> RowCheck.open(Table.LOCAL_0, key, ByteBuffer.allocate(3)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("010203");
    }

    /** The check values of CRC-32C (RFC 3720, B.4, and the usual nine digits) and of SHA-256 (FIPS 180). */
    @Test
    void digests_ofKnownBytes_areTheKnownOnes() {
        assertThat(Checksum.crc32c(ByteBuffer.wrap("-123456789-".getBytes(UTF_8)), 1, 9))
                .isEqualTo(0xE3069283);
        assertThat(Checksum.crc32c(ByteBuffer.allocate(32), 0, 32)).isEqualTo(0x8A9136AA);
        assertThat(HexFormat.of().formatHex(Sha256.of("abc".getBytes(UTF_8))))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    private static byte[] container(Container.Kind kind, long sequence, List<Container.Body> bodies) {
        long bodyBytes = bodies.stream().mapToLong(body -> body.bytes().length).sum();
        ByteBuffer value = ByteBuffer.allocate(Container.valueBytes(bodies.size(), bodyBytes));
        Container.write(value, kind, 0x01020304, 0x1112131415161718L, Values.REPOSITORY, sequence, bodies);
        return value.array();
    }

    @Test
    void write_containerOfRecords_givesTheGoldenBytes() throws IOException {
        requireGolden("container-records.bin", container(Container.Kind.RECORDS, Values.SEQUENCE, BODIES));
    }

    @Test
    void parse_goldenContainerOfRecords_givesTheRecords() {
        byte[] value = GoldenFile.read("container-records.bin");
        Container container = Container.parse(ByteBuffer.wrap(value), "golden");
        assertThat(container.kind()).isEqualTo(Container.Kind.RECORDS);
        assertThat(container.volume()).isEqualTo(0x01020304);
        assertThat(container.key()).isEqualTo(0x1112131415161718L);
        assertThat(container.repository()).isEqualTo(Values.REPOSITORY);
        assertThat(container.firstSequence()).isEqualTo(Values.SEQUENCE);
        assertThat(container.entries())
                .extracting(entry -> entry.terms().repeats())
                .containsExactly(Admission.Repeats.SKIPPED, Admission.Repeats.SKIPPED, Admission.Repeats.MENDING);
        int at = container.bodyAt();
        for (int i = 0; i < BODIES.size(); i++) {
            byte[] bytes = BODIES.get(i).bytes();
            assertThat(new String(value, at, bytes.length, UTF_8)).isEqualTo(new String(bytes, UTF_8));
            assertThat(container.entries().get(i).digest()).isEqualTo(Sha256.of(bytes));
            at += bytes.length;
        }
    }

    @Test
    void parse_anyBitOfAContainersHeadChanged_isDamage() {
        byte[] value = GoldenFile.read("container-records.bin");
        int headBytes = Container.parse(ByteBuffer.wrap(value), "golden").bodyAt();
        for (int bit = 0; bit < 8 * headBytes; bit++) {
            byte[] changed = value.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Container.parseHead(ByteBuffer.wrap(changed), "golden"))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("golden");
        }
    }

    private static byte[] journal() {
        Journals journals = new Journals(Values.REPOSITORY);
        HeapRows before = new HeapRows()
                .put(Table.META, IndexView.configurationKey(), IndexView.encode(Values.CONFIGURATION))
                .put(Table.BRANCHES, BranchRows.branchKey("main/ä"), BranchRows.encode(Values.BRANCH))
                .put(Table.SNAPSHOTS, Values.ID.bytes(), BranchRows.encode(Values.SNAPSHOT));
        journals.checkpoint(new IndexView(before));
        ObjectId target = new ObjectId(1, 1, 1, 1);
        journals.move(
                new dev.cairn.cas.BranchMove("main/ä", null, target, List.of(), Values.OPERATION),
                Values.MOVED,
                List.of(target, Values.ID));
        journals.move(
                new dev.cairn.cas.BranchMove("other", null, target, List.of(), new dev.cairn.cas.OperationId(0, 1)),
                Values.NO_BRANCH,
                List.of());
        journals.configuration(new StoredConfiguration(Values.CONFIGURATION.revision() + 1, new byte[] {7}));
        return journals.encode(Values.SEQUENCE, List.of(1, 3, 0x01020304)).getFirst();
    }

    @Test
    void write_containerOfAJournal_givesTheGoldenBytes() throws IOException {
        byte[] journal = journal();
        requireGolden(
                "container-journal.bin",
                container(
                        Container.Kind.JOURNAL,
                        0,
                        List.of(new Container.Body(journal, Admission.Terms.VERIFIED, Sha256.of(journal)))));
    }

    @Test
    void parse_goldenContainerOfAJournal_givesTheJournal() {
        byte[] value = GoldenFile.read("container-journal.bin");
        Container container = Container.parse(ByteBuffer.wrap(value), "golden");
        byte[] body = new byte[container.entries().getFirst().length()];
        ByteBuffer.wrap(value).get(container.bodyAt(), body);
        Journal journal = Journals.parse(body, "golden");
        assertThat(container.kind()).isEqualTo(Container.Kind.JOURNAL);
        assertThat(journal.getVolumesList()).containsExactly(1, 3, 0x01020304);
        assertThat(journal.getNextSequence()).isEqualTo(Values.SEQUENCE);
        assertThat(journal.getMovesCount()).isEqualTo(2);
        assertThat(journal.getMoves(0).getMoved()).isTrue();
        assertThat(Journals.id(journal.getMoves(0).getSnapshot(), "golden")).isEqualTo(Values.ID);
        assertThat(journal.getMoves(0).getRetainedCount()).isEqualTo(2);
        assertThat(journal.getMoves(1).getMoved()).isFalse();
        assertThat(Journals.configuration(journal.getConfiguration(), "golden").bytes())
                .containsExactly(7);
        assertThat(journal.getCheckpoint().getBranches(0).getName()).isEqualTo("main/ä");
        assertThat(Journals.id(journal.getCheckpoint().getRetained(0), "golden"))
                .isEqualTo(new RetainedSnapshot(Values.ID, 0, List.of(), List.of()).snapshot());
    }
}
