package dev.cairn.cas.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SealerTest {

    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));

    private final Sealer sealer = new Sealer(KEYS, Compression.DEFAULT);

    private static PlainObject chunk(String text) {
        return PlainObject.chunk(text.getBytes(UTF_8));
    }

    private static PlainObject noise(int bytes, long seed) {
        byte[] body = new byte[bytes];
        new Random(seed).nextBytes(body);
        return PlainObject.chunk(body);
    }

    private List<ObjectId> ids(List<PlainObject> objects) {
        return objects.stream().map(sealer.hasher()::id).toList();
    }

    private SealedRecord run(PlainObject... chunks) {
        return sealer.sealRun(ids(List.of(chunks)), List.of(chunks));
    }

    private static byte[] body(OpenedRecord opened, int ordinal) {
        return opened.object(ordinal).body();
    }

    @Test
    void open_sealedRun_givesEveryChunk() {
        SealedRecord record = run(chunk("one"), chunk(""), noise(70_000, 2), chunk("one two three ".repeat(1000)));

        OpenedRecord opened = sealer.open(SealedRecord.parse(record.bytes(), "here"), "here");

        assertThat(opened.size()).isEqualTo(4);
        assertThat(body(opened, 0)).isEqualTo("one".getBytes(UTF_8));
        assertThat(body(opened, 1)).isEmpty();
        assertThat(body(opened, 2)).isEqualTo(noise(70_000, 2).body());
        assertThat(opened.object(record.header().provided().get(3).id()).body()).hasSize(14_000);
        assertThatThrownBy(() -> opened.object(new ObjectId(1, 1, 1, 1))).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void open_sealedPages_givesChildrenAndBodies() {
        ObjectId node = new ObjectId(1, 2, 3, 4);
        ObjectId leaf = new ObjectId(5, 6, 7, 8);
        List<PlainObject> pages = List.of(
                new PlainObject(ObjectType.NODE, List.of(node), List.of(leaf, node), new byte[] {1, 2}),
                new PlainObject(ObjectType.NODE, List.of(), List.of(), new byte[100]));

        SealedRecord record = sealer.sealPages(ids(pages), pages);
        List<PlainObject> opened = sealer.open(record, "here").objects();

        assertThat(opened.get(0).nodeChildren()).containsExactly(node);
        assertThat(opened.get(0).chunkChildren()).containsExactly(leaf, node);
        assertThat(opened.get(0).body()).containsExactly(1, 2);
        assertThat(opened.get(1).body()).hasSize(100);
    }

    @Test
    void open_sealedSnapshot_givesBodyAndLineage() {
        ObjectId root = new ObjectId(1, 2, 3, 4);
        PlainObject snapshot = new PlainObject(ObjectType.SNAPSHOT, List.of(root), List.of(), new byte[] {9});
        RecordHeader.Lineage lineage = new RecordHeader.Lineage(7, List.of(new ObjectId(9, 9, 9, 9)));

        SealedRecord record = sealer.sealSnapshot(sealer.hasher().id(snapshot), snapshot, lineage);
        OpenedRecord opened = sealer.open(SealedRecord.parse(record.bytes(), "here"), "here");

        assertThat(opened.header().lineage()).isEqualTo(lineage);
        assertThat(opened.object(0).nodeChildren()).containsExactly(root);
        assertThat(body(opened, 0)).containsExactly(9);
    }

    @Test
    void open_everyCompression_givesTheSame() {
        PlainObject text = chunk("the same line again and again\n".repeat(5000));
        for (Compression compression :
                List.of(new Compression.Zstd(1), new Compression.Zstd(19), new Compression.Lz4())) {
            SealedRecord record = sealer.sealRun(ids(List.of(text)), List.of(text), compression);

            assertThat(record.bytes()).hasSizeLessThan(5_000);
            assertThat(body(sealer.open(record, "here"), 0)).isEqualTo(text.body());
        }
        SealedRecord raw = sealer.sealRun(ids(List.of(text)), List.of(text), new Compression.None());
        assertThat(raw.bytes()).hasSizeGreaterThan(150_000);
        assertThat(body(sealer.open(raw, "here"), 0)).isEqualTo(text.body());
    }

    @Test
    void seal_anySize_hasAPadmeSize() {
        for (int bytes : new int[] {0, 1, 100, 1000, 4096, 65_536, 262_144, 1_000_000}) {
            SealedRecord record = run(noise(bytes, bytes));

            assertThat(Padding.padded(record.bytes().length)).isEqualTo(record.bytes().length);
            assertThat(record.bytes().length).isLessThan((bytes + 200) * 112 / 100);
        }
    }

    @Test
    void seal_twice_differs() {
        assertThat(run(chunk("a")).bytes()).isNotEqualTo(run(chunk("a")).bytes());
    }

    @Test
    void seal_moreThanFits_isRefused() {
        PlainObject large = noise(RecordHeader.RECORD_BYTES_MAX - 50, 3);

        assertThatThrownBy(() -> run(large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("do not fit");
        PlainObject compressible = PlainObject.chunk(new byte[RecordHeader.RECORD_BYTES_MAX]);
        assertThatThrownBy(() -> run(compressible)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void seal_largestNoise_fitsAndOpens() {
        PlainObject large = noise(RecordHeader.RECORD_BYTES_MAX - 200, 3);

        SealedRecord record = run(large);

        assertThat(record.bytes()).hasSize(RecordHeader.RECORD_BYTES_MAX);
        assertThat(body(sealer.open(record, "here"), 0)).isEqualTo(large.body());
    }

    @Test
    void seal_wrongTypeOrCount_isRefused() {
        assertThatThrownBy(() -> sealer.sealPages(ids(List.of(chunk("a"))), List.of(chunk("a"))))
                .hasMessageContaining("CHUNK");
        assertThatThrownBy(() -> sealer.sealRun(List.of(), List.of(chunk("a")))).hasMessageContaining("0 ids");
    }

    @Test
    void open_anyByteFlippedOrCut_isAnError() {
        byte[] bytes = run(chunk("some text"), chunk("some more text")).bytes();
        for (int i = 0; i < bytes.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = bytes.clone();
                changed[i] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> sealer.open(SealedRecord.parse(changed, "here"), "here"))
                        .as("byte %d bit %d", i, bit)
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("here");
            }
            byte[] cut = java.util.Arrays.copyOf(bytes, i);
            assertThatThrownBy(() -> sealer.open(SealedRecord.parse(cut, "here"), "here"))
                    .as("cut to %d", i)
                    .isInstanceOf(StoreException.class);
        }
        byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> sealer.open(SealedRecord.parse(longer, "here"), "here"))
                .isInstanceOf(CorruptDataException.class);
    }

    /** The header of one record before the sealed part of another: an id must not name another's bytes. */
    @Test
    void open_sealedPartsSwapped_isDamage() {
        SealedRecord first = run(chunk("first"));
        SealedRecord second = run(chunk("other"));
        byte[] swapped = second.bytes().clone();
        System.arraycopy(first.bytes(), 0, swapped, 0, first.headerBytes());

        assertThatThrownBy(() -> sealer.open(SealedRecord.parse(swapped, "here"), "here"))
                .isInstanceOf(CorruptDataException.class);
    }

    /** The same seal key in two repositories: only the repository id in the associated data tells them apart. */
    @Test
    void open_recordOfAnotherRepository_isDamage() {
        RepositoryKeys other = RepositoryKeys.of(Secret.random(new SeededEntropy(9)), KEYS.sealKeys());
        SealedRecord record = run(chunk("first"));

        assertThatThrownBy(() -> new Sealer(other, Compression.DEFAULT).open(record, "here"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("another repository");
    }

    /** A holder of the key who names an object wrongly is found out when the object is asked for. */
    @Test
    void object_wrongId_isDamageThatNamesTheObject() {
        List<PlainObject> chunks = List.of(chunk("right"), chunk("wrong"));
        List<ObjectId> ids = List.of(ids(chunks).get(0), new ObjectId(1, 2, 3, 4));
        OpenedRecord opened = sealer.open(sealer.sealRun(ids, chunks), "volume 7");

        assertThat(body(opened, 0)).isEqualTo("right".getBytes(UTF_8));
        assertThatThrownBy(() -> opened.object(1))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("volume 7, object 1");
        assertThatThrownBy(opened::verify).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(opened::objects).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void object_childrenExchanged_isDamage() {
        PlainObject page = new PlainObject(ObjectType.NODE, List.of(new ObjectId(1, 1, 1, 1)), List.of(), new byte[3]);
        PlainObject other = new PlainObject(ObjectType.NODE, List.of(new ObjectId(2, 1, 1, 1)), List.of(), new byte[3]);

        SealedRecord record = sealer.sealPages(ids(List.of(page)), List.of(other));

        assertThatThrownBy(() -> sealer.open(record, "here").object(0)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void open_laterEpoch_saysSo() {
        SealedRecord record = new Sealer(KEYS.nextEpoch(1, new SeededEntropy(2)), Compression.DEFAULT)
                .sealRun(ids(List.of(chunk("a"))), List.of(chunk("a")));

        assertThat(record.header().epoch()).isEqualTo(2);
        assertThatThrownBy(() -> sealer.open(record, "here"))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("epoch 2");
    }

    @Test
    void open_earlierEpochAfterRotation_works() {
        Sealer rotated = new Sealer(KEYS.nextEpoch(1, new SeededEntropy(2)), Compression.DEFAULT);

        assertThat(body(rotated.open(run(chunk("a")), "here"), 0)).containsExactly('a');
    }

    @Test
    void open_unknownSuite_asksForANewerCairn() {
        byte[] bytes = run(chunk("a")).bytes().clone();
        bytes[1] = 2;

        assertThatThrownBy(() -> sealer.open(SealedRecord.parse(bytes, "here"), "here"))
                .isInstanceOf(VersionMismatchException.class);
    }

    @Test
    void resealPart_someIds_keepsThoseOnly() {
        List<PlainObject> chunks = List.of(chunk("one"), noise(50_000, 4), chunk("three"));
        SealedRecord record = sealer.sealRun(ids(chunks), chunks);
        List<ObjectId> wanted = List.of(ids(chunks).get(2), ids(chunks).get(0), new ObjectId(1, 1, 1, 1));

        SealedRecord part = sealer.resealPart(record, wanted, "here");
        OpenedRecord opened = sealer.open(SealedRecord.parse(part.bytes(), "there"), "there");

        assertThat(part.bytes()).hasSizeLessThan(300);
        assertThat(opened.size()).isEqualTo(2);
        assertThat(body(opened, 0)).isEqualTo("one".getBytes(UTF_8));
        assertThat(body(opened, 1)).isEqualTo("three".getBytes(UTF_8));
    }

    /** "--compression none" for a path: what goes over in part, or is re-packed, must not tell by its size what is in it. */
    @Test
    void resealPart_ofWhatIsNotCompressed_isNotCompressed() {
        List<PlainObject> chunks = List.of(chunk("text ".repeat(2_000)), chunk("other ".repeat(2_000)));
        SealedRecord plain = sealer.sealRun(ids(chunks), chunks, new Compression.None());
        SealedRecord packed = sealer.sealRun(ids(chunks), chunks);
        List<ObjectId> wanted = List.of(ids(chunks).getFirst());

        assertThat(sealer.resealPart(plain, wanted, "here").bytes()).hasSizeGreaterThan(10_000);
        assertThat(sealer.resealPart(packed, wanted, "here").bytes()).hasSizeLessThan(1_000);
    }

    @Test
    void open_fromManyThreads_givesTheSame() {
        List<SealedRecord> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(run(noise(10_000 + i, i), chunk("text ".repeat(i * 100))));
        }

        assertThat(IntStream.range(0, 400).parallel().mapToObj(i -> {
                    OpenedRecord opened = sealer.open(records.get(i % 20), "here");
                    opened.verify();
                    return opened.bytes() > 10_000;
                }))
                .allMatch(Boolean::booleanValue);
    }
}
