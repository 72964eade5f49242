package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.VersionMismatchException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages as an enemy would write them: refused with the right exception, quickly, and without memory. */
final class HostilePageTest {

    /** More than any golden page needs, less than any announced count would take. */
    private static final long ALLOCATION_MAX = 8 << 20;

    @ParameterizedTest
    @EnumSource
    void decode_everyByteSetToOtherValues_isRefusedOrTheOneEncodingOfWhatItSays(GoldenPages golden) {
        PlainObject page = golden.encode();
        int[] masks = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff, 0x7f};
        for (int i = 0; i < page.body().length; i++) {
            for (int mask : masks) {
                byte[] body = page.body().clone();
                body[i] ^= (byte) mask;
                requireRefusedOrCanonical(golden, withBody(page, body), "byte %d ^ %02x".formatted(i, mask));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void decode_cutAnywhereOrExtended_isRefused(GoldenPages golden) {
        PlainObject page = golden.encode();
        for (int length = 0; length < page.body().length; length++) {
            PlainObject cut = withBody(page, Arrays.copyOf(page.body(), length));
            assertThatExceptionOfType(CorruptDataException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> golden.decode(cut));
        }
        PlainObject longer = withBody(page, Arrays.copyOf(page.body(), page.body().length + 1));
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> golden.decode(longer));
    }

    @ParameterizedTest
    @EnumSource
    void decode_severalBytesAtRandom_isRefusedOrTheOneEncodingOfWhatItSays(GoldenPages golden) {
        PlainObject page = golden.encode();
        for (long seed = 1; seed <= 3000; seed++) {
            Random random = new Random(seed);
            byte[] body = page.body().clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                body[3 + random.nextInt(body.length - 3)] = (byte) random.nextInt();
            }
            requireRefusedOrCanonical(golden, withBody(page, body), "seed=" + seed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void decode_childrenTooFewTooManyOrTwice_isRefused(GoldenPages golden) {
        PlainObject page = golden.encode();
        boolean nodes = page.chunkChildren().isEmpty();
        List<ObjectId> children = nodes ? page.nodeChildren() : page.chunkChildren();
        List<ObjectId> more = new ArrayList<>(children);
        more.add(new ObjectId(1, 2, 3, 4));
        List<ObjectId> twice = new ArrayList<>(children);
        twice.set(0, children.getLast());
        for (List<ObjectId> other : List.of(children.subList(1, children.size()), more, twice, List.<ObjectId>of())) {
            PlainObject hostile = new PlainObject(
                    ObjectType.NODE,
                    nodes ? other : page.nodeChildren(),
                    nodes ? page.chunkChildren() : other,
                    page.body());
            assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> golden.decode(hostile));
        }
    }

    @ParameterizedTest
    @EnumSource
    void decode_aBillionItemsAnnounced_isRefusedWithoutAllocating(GoldenPages golden) {
        BodyWriter body = new BodyWriter();
        byte[] page = golden.encode().body();
        body.writeBytes(page, 0, 3);
        body.writeByte(0);
        body.writeByte(0);
        body.writeNumber(1_000_000_000);
        body.writeBytes(new byte[100_000]);
        PlainObject hostile = new PlainObject(ObjectType.NODE, List.of(), List.of(), body.toBytes());
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> measured(golden, hostile));
    }

    @ParameterizedTest
    @EnumSource
    void decode_aBillionRepetitionsAnnounced_isRefusedWithoutAllocating(GoldenPages golden) {
        BodyWriter body = new BodyWriter();
        body.writeBytes(golden.encode().body(), 0, 3);
        body.writeNumber(1_000_000_000);
        body.writeBytes(new byte[100_000]);
        PlainObject hostile = new PlainObject(ObjectType.NODE, List.of(), List.of(), body.toBytes());
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> measured(golden, hostile));
    }

    /** Each key shares 16 KiB with the one before: a few bytes that stand for many. */
    @Test
    void decode_keysThatBlowUp_isRefusedWithoutAllocating() {
        byte[] longest = longKey();
        int count = 5000;
        BodyWriter body = new BodyWriter();
        body.writeBytes(GoldenPages.MAP_BRANCH.encode().body(), 0, 3);
        body.writeByte(0);
        body.writeByte(0);
        body.writeNumber(1600);
        body.writeNumber(0);
        for (int i = 1; i < count; i++) {
            body.writeNumber(longest.length);
        }
        body.writeNumber(longest.length);
        for (int i = 1; i < count; i++) {
            body.writeNumber(1);
        }
        body.writeBytes(longest);
        body.writeBytes(new byte[count]);
        PlainObject hostile = new PlainObject(ObjectType.NODE, List.of(), List.of(), body.toBytes());
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> measured(GoldenPages.MAP_BRANCH, hostile));
    }

    @Test
    void decode_aPageBeyondItsForcedEnd_isRefused() {
        List<Entry> entries = new ArrayList<>(MerkleMapTest.manyFiles(3000).values());
        PlainObject hostile = Page.encode(TreeFormat.ENTRIES.leaf(), 0, entries);
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> Page.decode(hostile, TreeFormat.ENTRIES.leaf(), "test"))
                .withMessageContaining("end after");
    }

    @ParameterizedTest
    @EnumSource
    void level_anotherVersionKindOrTree_isRefused(GoldenPages golden) {
        PlainObject page = golden.encode();
        byte[] body = page.body().clone();
        body[0] = 2;
        assertThatExceptionOfType(VersionMismatchException.class)
                .isThrownBy(() -> golden.decode(withBody(page, body)))
                .matches(e -> e.hint().contains("Upgrade"));
        body[0] = 0;
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> golden.decode(withBody(page, body)));
        byte[] level = page.body().clone();
        level[2] = (byte) TreeFormat.LEVELS_MAX;
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> golden.decode(withBody(page, level)));
        TreeFormat<?> other = golden.tree().equals(TreeFormat.ENTRIES) ? TreeFormat.SEGMENTS : TreeFormat.ENTRIES;
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> Page.level(page, other, "test"));
        PlainObject chunk = PlainObject.chunk(page.body());
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> golden.decode(chunk));
    }

    private static void requireRefusedOrCanonical(GoldenPages golden, PlainObject hostile, String what) {
        try {
            List<?> items = measured(golden, hostile);
            PlainObject again = GoldenPages.encode(golden.tree(), hostile.body()[2], items);
            assertThat(again.plainBytes()).as(what).isEqualTo(hostile.plainBytes());
        } catch (CorruptDataException | VersionMismatchException refused) {
            assertThat(refused.hint()).as(what).isNotEmpty();
        }
    }

    /** Decodes, and fails if that allocates more than the page can be worth. */
    private static List<?> measured(GoldenPages golden, PlainObject page) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            return golden.decode(page);
        } finally {
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATION_MAX);
        }
    }

    private static PlainObject withBody(PlainObject page, byte[] body) {
        return new PlainObject(ObjectType.NODE, page.nodeChildren(), page.chunkChildren(), body);
    }

    private static byte[] longKey() {
        byte[] key = new byte[EntryPath.PATH_BYTES_MAX - 1];
        Arrays.fill(key, (byte) 'a');
        for (int i = 1000; i < key.length; i += 1000) {
            key[i] = 0;
        }
        return key;
    }
}
