package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records: their outer bytes, and what a holder of the key could seal in them. */
final class SealFuzzTest extends FuzzSuite {

    private static final Parsing PARSING = Parsing.refusedBy(
            CorruptDataException.class,
            VersionMismatchException.class,
            WrongKeyException.class,
            MissingObjectsException.class);
    private static final Sealer SEALER = new Sealer(SealGoldenTest.KEYS, Compression.DEFAULT);
    private static final int PREFIX_BYTES = 9;
    private static final int PLAIN_BYTES_MAX = 1 << 17;
    private static final byte[] BASE = "A base that a delta can copy from, again and again and again. "
            .repeat(30)
            .getBytes(StandardCharsets.US_ASCII);
    private static final ObjectId BASE_ID = SEALER.hasher().id(PlainObject.chunk(BASE));
    private static final PlainObject OLD_PAGE =
            new PlainObject(ObjectType.NODE, List.of(new ObjectId(1, 2, 3, 4)), List.of(BASE_ID), BASE);
    private static final ObjectId OLD_PAGE_ID = SEALER.hasher().id(OLD_PAGE);

    private static final ObjectSource BASES = (id, type) -> {
        if (type == ObjectType.CHUNK && id.equals(BASE_ID)) {
            return PlainObject.chunk(BASE);
        }
        if (type == ObjectType.NODE && id.equals(OLD_PAGE_ID)) {
            return OLD_PAGE;
        }
        throw new CorruptDataException("object " + id, "a record that provides it", "none");
    };

    private static final ChildSource KNOWN = page -> {
        if (page.equals(OLD_PAGE_ID)) {
            return ChildSource.of(OLD_PAGE);
        }
        throw new MissingObjectsException(List.of(page));
    };

    private static byte[] edited() {
        byte[] edited = BASE.clone();
        edited[700] ^= 1;
        return edited;
    }

    private static SealedRecord delta() {
        PlainObject chunk = PlainObject.chunk(edited());
        ObjectSource.Bytes base = new ObjectSource.Bytes(BASE, 0, BASE.length);
        return new Sealer(SealGoldenTest.KEYS, new Compression.None(), new SealGoldenTest.CountingEntropy(90))
                .sealDelta(
                        List.of(SEALER.hasher().id(chunk)),
                        List.of(chunk),
                        Bases.of(BASE_ID, base.array()),
                        List.of(),
                        KNOWN)
                .orElseThrow()
                .record();
    }

    private static SealedRecord pageDelta() {
        PlainObject page = new PlainObject(ObjectType.NODE, OLD_PAGE.nodeChildren(), List.of(BASE_ID), edited());
        return new Sealer(SealGoldenTest.KEYS, new Compression.None(), new SealGoldenTest.CountingEntropy(130))
                .sealPageDelta(SEALER.hasher().id(page), page, OLD_PAGE_ID, OLD_PAGE, KNOWN)
                .orElseThrow();
    }

    /** A record of another header, and of the content of {@code record}: what {@link #content} takes. */
    private static byte[] contentOf(int selector, SealedRecord record) throws Exception {
        RecordHeader header = record.header();
        byte[] sealed = new Xaes256Gcm(SealGoldenTest.KEYS.sealKey(header.epoch(), "seed"))
                .open(
                        record.bytes(),
                        record.headerBytes(),
                        record.bytes(),
                        record.headerBytes() + Xaes256Gcm.NONCE_BYTES,
                        record.bytes().length - record.headerBytes() - Xaes256Gcm.NONCE_BYTES,
                        Xaes256Gcm.Part.of(SealGoldenTest.KEYS.repositoryId().bytes()),
                        new Xaes256Gcm.Part(record.bytes(), 0, record.headerBytes()));
        int payload = ByteBuffer.wrap(sealed).getInt(5);
        return ByteBuffer.allocate(1 + 5 + payload)
                .put((byte) selector)
                .put(sealed, 0, 5)
                .put(sealed, PREFIX_BYTES, payload)
                .array();
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() throws Exception {
        Map<String, byte[]> records = new LinkedHashMap<>();
        for (String name : List.of("record-run-raw.bin", "record-page.bin", "record-snapshot.bin")) {
            records.put(name, GoldenFile.read(name));
        }
        records.put("delta", delta().bytes());
        Map<String, byte[]> contents = new LinkedHashMap<>();
        for (String name : List.of("record-run-raw.bin", "record-run-zstd.bin", "record-run-lz4.bin")) {
            contents.put(name, contentOf(0, SealedRecord.parse(GoldenFile.read(name), name)));
        }
        contents.put("pages", contentOf(1, SealGoldenTest.sealPages()));
        contents.put("delta", contentOf(2, delta()));
        contents.put("page-delta", contentOf(3, SealedRecord.parse(pageDelta().bytes(), "seed", KNOWN)));
        return Map.of("record", records, "content", contents);
    }

    /** A record as it comes from a disk or a peer. */
    @FuzzTest
    void record(byte[] input) {
        PARSING.value(Parsing.FIXED_BYTES + 300L * input.length, () -> {
                    SealedRecord record = SealedRecord.parse(input, "fuzz", KNOWN);
                    return SEALER.open(record, "fuzz", BASES).objects();
                })
                .ifPresent(objects -> assertThat(objects).isNotEmpty());
    }

    private static RecordHeader header(int selector) {
        List<ObjectId> ids = List.of(new ObjectId(1, 1, 1, 1), new ObjectId(2, 2, 2, 2), new ObjectId(3, 3, 3, 3));
        return switch (selector & 3) {
            case 0 -> RecordHeader.run(1, 2, ids);
            case 1 ->
                RecordHeader.pages(
                        1,
                        2,
                        List.of(
                                new ProvidedObject(ids.get(0), ids.subList(1, 2), ids.subList(2, 3)),
                                new ProvidedObject(ids.get(1), List.of(), List.of())));
            case 2 -> RecordHeader.delta(1, 2, ids.subList(0, 1), List.of(BASE_ID), List.of(), KNOWN);
            default ->
                RecordHeader.pageDelta(
                        1,
                        2,
                        List.of(new ProvidedObject(ids.get(0), List.of(), List.of())),
                        List.of(OLD_PAGE_ID),
                        KNOWN);
        };
    }

    /**
     * What is sealed. Input: which header; codec, plain length 4 bytes, payload. With the highest bit of the first byte all that follows is
     * the sealed part as it is, with its own length of the payload and its padding.
     */
    @FuzzTest
    void content(byte[] input) {
        if (input.length < 6) {
            return;
        }
        RecordHeader header = header(input[0]);
        byte[] headerBytes = header.encode();
        int around = headerBytes.length + Xaes256Gcm.NONCE_BYTES + Xaes256Gcm.TAG_BYTES;
        boolean isRaw = input[0] < 0;
        int plain = isRaw ? Math.max(PREFIX_BYTES, input.length - 1) : PREFIX_BYTES + input.length - 6;
        byte[] record = new byte[isRaw ? around + plain : Padding.padded(around + plain)];
        ByteBuffer buffer =
                ByteBuffer.wrap(record).put(headerBytes).put(Entropy.system().bytes(Xaes256Gcm.NONCE_BYTES));
        if (isRaw) {
            buffer.put(input, 1, input.length - 1);
        } else {
            int length = Math.floorMod(ByteBuffer.wrap(input).getInt(2), PLAIN_BYTES_MAX);
            buffer.put(input[1]).putInt(length).putInt(input.length - 6).put(input, 6, input.length - 6);
        }
        int start = headerBytes.length + Xaes256Gcm.NONCE_BYTES;
        new Xaes256Gcm(SealGoldenTest.KEYS.sealKey(2, "fuzz"))
                .seal(
                        record,
                        headerBytes.length,
                        record,
                        start,
                        record.length - start - Xaes256Gcm.TAG_BYTES,
                        Xaes256Gcm.Part.of(SealGoldenTest.KEYS.repositoryId().bytes()),
                        new Xaes256Gcm.Part(record, 0, headerBytes.length));
        Optional<OpenedRecord> opened = PARSING.value(
                Parsing.FIXED_BYTES + Sealer.PLAIN_BYTES_MAX,
                () -> SEALER.open(SealedRecord.parse(record, "fuzz", KNOWN), "fuzz", BASES));
        opened.ifPresent(SealFuzzTest::assertRead);
    }

    /** The bodies are back to back, and none is handed out as what its id names: the ids are of nothing. */
    private static void assertRead(OpenedRecord opened) {
        int bytes = 0;
        for (int i = 0; i < opened.size(); i++) {
            int ordinal = i;
            bytes += opened.unverifiedBody(i).length();
            assertThat(PARSING.value(Parsing.FIXED_BYTES, () -> opened.object(ordinal)))
                    .isEmpty();
        }
        assertThat(bytes).isLessThanOrEqualTo(opened.bytes());
        assertThat(Arrays.asList(opened.header().provided().toArray())).hasSize(opened.size());
    }
}
