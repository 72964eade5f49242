package dev.cairn.cas;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.cas.seal.GoldenFile;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What a server and a replica read of records and notes without a key: clear headers, id lists, notes, ids in hex. */
final class RecordFuzzTest extends FuzzSuite {

    private static final Parsing PARSING = Parsing.refusedBy(
            CorruptDataException.class, VersionMismatchException.class, MissingObjectsException.class);
    private static final Parsing TEXT = Parsing.refusedBy(IllegalArgumentException.class);
    private static final List<ObjectId> CHILDREN =
            LongStream.range(0, 40).mapToObj(n -> new ObjectId(n, n, n, n)).toList();

    /** Every page is known but those whose ids begin with a one bit. */
    private static final ChildSource KNOWN = page -> {
        if (page.bytes()[0] < 0) {
            throw new MissingObjectsException(List.of(page));
        }
        return CHILDREN;
    };

    /** The ids of the largest lists that a header of few bytes may stand for, and what an id takes on the way. */
    private static final long REFERRED_BYTES = (RecordHeader.CHILDREN_MAX + RecordHeader.BASES_MAX) * 64L;

    private static byte[] header(RecordKind kind) {
        ObjectId one = new ObjectId(1, 2, 3, 4);
        List<ObjectId> parts = List.of(CHILDREN.get(3), CHILDREN.get(4), new ObjectId(9, 9, 9, 9), CHILDREN.get(7));
        ProvidedObject page = new ProvidedObject(one, parts.subList(0, 2), parts.subList(1, 4));
        RecordHeader header = switch (kind) {
            case RUN -> RecordHeader.run(1, 2, parts);
            case PAGE -> RecordHeader.pages(1, 2, List.of(page));
            case SNAPSHOT ->
                RecordHeader.snapshot(
                        1,
                        2,
                        new ProvidedObject(one, parts.subList(0, 1), List.of()),
                        new RecordHeader.Lineage(7, parts.subList(1, 3)));
            case DELTA -> RecordHeader.delta(1, 2, List.of(one), parts, List.of(new ObjectId(5, 6, 7, 8)), KNOWN);
            case PAGE_DELTA -> RecordHeader.pageDelta(1, 2, List.of(page), List.of(new ObjectId(5, 6, 7, 8)), KNOWN);
        };
        return header.encode();
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (RecordKind kind : RecordKind.values()) {
            headers.put(kind.name(), header(kind));
        }
        Map<String, byte[]> notes = new LinkedHashMap<>();
        for (String note : List.of("note-forget.bin", "note-pin.bin", "note-tag.bin")) {
            notes.put(note, GoldenFile.read(note));
        }
        return Map.of(
                "header",
                headers,
                "note",
                notes,
                "hex",
                Map.of("id", "0f".repeat(32).getBytes(StandardCharsets.US_ASCII)));
    }

    @FuzzTest
    void header(byte[] input) {
        long bytesMax = Parsing.FIXED_BYTES + REFERRED_BYTES + 200L * input.length;
        PARSING.value(bytesMax, () -> RecordHeader.outline(input, "fuzz"));
        PARSING.value(bytesMax, () -> SealedRecord.parse(input, "fuzz", KNOWN)).ifPresent(record -> {
            byte[] header = record.header().encode();
            assertThat(header).isEqualTo(Arrays.copyOf(input, record.headerBytes()));
            assertThat(record.header().encodedBytes()).isEqualTo(header.length);
            assertThat(record.header().idsReferred()).isBetween(0, RecordHeader.CHILDREN_MAX);
            assertThat(RecordHeader.parse(ByteBuffer.wrap(header), "again", KNOWN))
                    .isEqualTo(record.header());
        });
    }

    @FuzzTest
    void note(byte[] input) {
        PARSING.value(Parsing.FIXED_BYTES, () -> Note.parse(input, "fuzz")).ifPresent(note -> {
            assertThat(note.bytes()).isEqualTo(input);
            assertThat(note.key()).hasSize(ObjectId.BYTES + 1 + 2 * Note.KEY_BYTES);
            switch (note.kind()) {
                case FORGET -> assertThat(note.lineage().sequence()).isNotNegative();
                case TAG, UNTAG -> assertThat(note.sealedTag()).isNotEmpty();
                case PIN, UNPIN -> assertThat(note.subject()).containsOnly(0);
            }
        });
    }

    @FuzzTest
    void hex(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        TEXT.value(Parsing.FIXED_BYTES + 20L * input.length, () -> ObjectId.parse(text))
                .ifPresent(id -> assertThat(id.toString()).isEqualToIgnoringCase(text));
        TEXT.value(Parsing.FIXED_BYTES + 20L * input.length, () -> RepositoryId.parse(text))
                .ifPresent(id -> assertThat(id.toString()).isEqualToIgnoringCase(text));
    }
}
