package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bytes of pages, for good: what is in {@code golden/v1} was written by version 1 of the format and must be read, and
 * written, by every later one. A page that comes out otherwise is a new version of the format.
 */
final class PageGoldenTest {

    @ParameterizedTest
    @EnumSource
    void encode_theGoldenContent_givesTheGoldenBytes(GoldenPages golden) throws IOException {
        byte[] actual = golden.encode().plainBytes();
        try (InputStream file = PageGoldenTest.class.getResourceAsStream("/golden/v1/" + golden.fileName)) {
            if (file == null) {
                Path written = Files.createDirectories(Path.of("target", "golden", "v1"))
                        .resolve(golden.fileName);
                Files.write(written, actual);
                throw new AssertionError("no golden file; what it would be is in " + written.toAbsolutePath());
            }
            assertThat(actual).isEqualTo(file.readAllBytes());
        }
    }

    @ParameterizedTest
    @EnumSource
    void decode_theGoldenPage_encodesToTheSameBytes(GoldenPages golden) {
        PlainObject object = golden.encode();
        PlainObject again = GoldenPages.encode(golden.tree(), object.body()[2], golden.decode(object));
        assertThat(again.plainBytes()).isEqualTo(object.plainBytes());
    }

    @Test
    void decode_theGoldenEntries_givesThem() {
        assertThat(GoldenPages.ENTRIES.decode(GoldenPages.ENTRIES.encode())).isEqualTo(GoldenPages.entries());
    }

    @Test
    void keyedBoundary_aKnownKey_givesTheKnownHash() {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        // HMAC-SHA-256 over 01 61 00 62, first eight bytes; checked with Python's hmac module.
        assertThat(PageBoundary.keyed(key).hash(1, new byte[] {'a', 0, 'b'})).isEqualTo(0x034199f1f6d08fd2L);
    }

    /** Pins what no single page shows: weights and cuts. The ids are plain SHA-256, see {@link HeapObjects}. */
    @Test
    void root_ofAKnownMapAndAKnownList_isTheKnownId() {
        HeapObjects objects = new HeapObjects();
        MerkleMap<Entry> map = MerkleMapTest.build(MerkleMapTest.manyFiles(5000).values(), objects);
        assertThat(map.root()).hasToString("236d88e284d2c3065ec488eeafa30a45b135c1b7fb6e7ead540992d3d23edea1");
        ChunkListBuilder list = new ChunkListBuilder(objects, MerkleMapTest.BOUNDARY);
        for (int i = 1; i <= 5000; i++) {
            list.addChunk(new ObjectId(i, i, i, i), 1000 + i);
            list.addHole(i % 100);
        }
        assertThat(list.finish())
                .isEqualTo(new Content.Listed(
                        ObjectId.parse("ffd57969dd2f6afbcc299b63bde8c06555c2226308dfb44215e917e7df5f9b76"),
                        17_750_000,
                        9950));
    }
}
