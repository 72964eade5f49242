package dev.cairn.cas.snapshot.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.ChunkListBuilder;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.manifest.HeapObjects;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.snapshot.Cancellation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BaseChoiceTest {
    private static final int CHUNK_BYTES = 256 << 10;
    /** 64 MiB, of which little is made: only what is read. */
    private static final int CHUNKS = 256;

    private static final int NEAR = 34;
    private static final int FARTHER = 60;
    private static final int FAR = 200;

    private final HeapObjects pages = new HeapObjects();
    private final Set<ObjectId> read = ConcurrentHashMap.newKeySet();
    private final OldVersion old = new OldVersion(chunks(), this::object, Cancellation.NEVER);

    private static ObjectId id(long number) {
        ByteBuffer id = ByteBuffer.allocate(ObjectId.BYTES);
        for (long mixed : new long[] {1, 2, 3, 4}) {
            id.putLong((number + 1) * 0x9e3779b97f4a7c15L * mixed);
        }
        return ObjectId.of(id.array());
    }

    private static byte[] bytes(int number) {
        byte[] bytes = new byte[CHUNK_BYTES];
        new Random(number).nextBytes(bytes);
        return bytes;
    }

    private ChunkMap chunks() {
        ChunkListBuilder list = new ChunkListBuilder(pages, PageBoundary.keyed(new byte[32]));
        for (int i = 0; i < CHUNKS; i++) {
            list.addChunk(id(i), CHUNK_BYTES);
        }
        return ChunkMap.of(list.finish(), this::object);
    }

    private PlainObject object(ObjectId id, ObjectType type) {
        if (type == ObjectType.NODE) {
            synchronized (pages) {
                return pages.read(id, type);
            }
        }
        read.add(id);
        int number = (int) LongStream.range(0, CHUNKS)
                .filter(i -> id(i).equals(id))
                .findFirst()
                .orElseThrow();
        return PlainObject.chunk(bytes(number));
    }

    /** A new chunk that is old chunk {@code like} but for a few bytes, at the place of chunk {@code at}. */
    private static NewRun run(int at, int like, int before, int after) {
        byte[] bytes = bytes(like);
        bytes[100]++;
        bytes[CHUNK_BYTES - 100]++;
        return new NewRun(
                (long) at * CHUNK_BYTES,
                List.of(new NewRun.Chunk(id(10_000 + at), bytes)),
                before < 0 ? null : id(before),
                after < 0 ? null : id(after));
    }

    /** Nine new chunks, each between old neighbours that follow each other, and as much again of what is known. */
    private void seeOrder(int from) {
        for (int i = 0; i < 9; i++) {
            int at = from + 2 * i;
            assertThat(new BaseChoice(old).isPlain(List.of(run(at + 1, at + 1, at, at + 2))))
                    .isTrue();
        }
    }

    private List<Long> basesOf(NewRun run) {
        BaseChoice choice = new BaseChoice(old);
        assertThat(choice.isPlain(List.of(run))).isFalse();
        return choice.choose(List.of(run), false).stream()
                .flatMap(group -> group.bases().stream())
                .map(base -> base.offset() / CHUNK_BYTES)
                .toList();
    }

    @Test
    void choose_mostIsKnownAndInOrder_looksNear() {
        seeOrder(2);
        assertThat(basesOf(run(30, NEAR, 29, -1))).contains((long) NEAR);
        assertThat(basesOf(run(31, FAR, 30, -1))).doesNotContain((long) FAR);
        assertThat(read).hasSizeLessThan(CHUNKS / 2);
    }

    @Test
    void choose_nothingWasReached_looksFartherUntilItIs() {
        seeOrder(2);
        assertThat(basesOf(run(31, FARTHER, 30, -1))).doesNotContain((long) FARTHER);
        assertThat(old.reached(false)).isTrue();
        assertThat(old.reach()).isEqualTo(OldVersion.REACH_MAX);
        assertThat(old.reached(false)).isFalse();
        assertThat(basesOf(run(32, FARTHER, 31, -1))).contains((long) FARTHER);
        assertThat(basesOf(run(33, FAR, 32, -1))).doesNotContain((long) FAR);
        assertThat(old.reached(true)).isFalse();
        assertThat(old.reach()).isEqualTo(OldVersion.REACH_MIN);
    }

    /** New bytes that may be like nothing are compared with what is at their place by the last shift, and by the one before. */
    @Test
    void choose_noAnchorIsKnown_takesTheExpectedPlaces() {
        seeOrder(2);
        old.found(0, 100L * CHUNK_BYTES, true);
        assertThat(basesOf(run(40, 999_999, -1, -1))).contains(140L, 40L).doesNotContain(90L);

        for (int at = 50; at < 70; at++) {
            old.found((long) at * CHUNK_BYTES, (100L + at) * CHUNK_BYTES, true);
        }
        assertThat(basesOf(run(80, 999_999, -1, -1))).contains(180L).doesNotContain(80L);
    }

    /** Two parts of a run of 2 MiB that were shifted, each by another distance: the sample that finds it stands in one of them. */
    @Test
    void choose_longRunIsFarther_findsAllOfItBySamples() {
        seeOrder(2);
        assertThat(old.reached(false)).isTrue();
        List<Integer> like = List.of(60, 61, 62, 63, 66, 67, 68, 69);
        List<NewRun.Chunk> chunks = new ArrayList<>();
        for (int number : like) {
            chunks.addAll(run(200 + number, number, -1, -1).chunks());
        }
        read.clear();
        assertThat(basesOf(new NewRun(31L * CHUNK_BYTES, chunks, id(30), null)))
                .containsAll(like.stream().map(number -> (long) number).toList());
        assertThat(read).hasSizeLessThan(70);
    }

    @Test
    void choose_neighboursAreAgainstTheOrder_looksNearBoth() {
        seeOrder(2);
        assertThat(basesOf(run(31, FAR, FAR + 10, 12))).contains((long) FAR);
        assertThat(read).contains(id(12)).doesNotContain(id(FAR - 80));
    }

    @Test
    void choose_manyNeighboursAreAgainstTheOrder_looksEverywhere() {
        seeOrder(2);
        assertThat(basesOf(run(31, FAR, 30, 12))).doesNotContain((long) FAR);
        assertThat(basesOf(run(33, FAR, 32, 12))).contains((long) FAR);
        assertThat(read).hasSize(CHUNKS);
    }

    @Test
    void choose_othersAreFurtherOn_looksNearAllTheSame() {
        seeOrder(2);
        // As much new as they have seen would be too much of what is before the place that is asked for.
        new BaseChoice(old).isPlain(List.of(run(60, 60, 59, 61), run(61, 61, 60, 62), run(62, 62, 61, 63)));
        assertThat(basesOf(run(12, FAR, 11, -1))).doesNotContain((long) FAR);
    }

    @Test
    void choose_littleIsKnownOfTheOrder_looksEverywhere() {
        assertThat(basesOf(run(4, FAR, 3, -1))).contains((long) FAR);
    }

    @Test
    void choose_littleIsKnownOfTheOrderAndNearlyAllOfTheRest_looksNear() {
        assertThat(basesOf(run(31, NEAR, 30, -1))).contains((long) NEAR);
        assertThat(read).hasSizeLessThan(CHUNKS);
    }

    @Test
    void choose_mostIsNew_looksEverywhere() {
        // More new bytes than half of what is before the place that is asked for.
        seeOrder(0);
        assertThat(basesOf(run(12, FAR, 11, -1))).contains((long) FAR);
    }

    @Test
    void choose_firstNearThenEverywhere_findsWhatWasNotNear() {
        seeOrder(2);
        assertThat(basesOf(run(31, FAR, 30, -1))).doesNotContain((long) FAR);
        assertThat(basesOf(run(32, NEAR, 31, 12))).contains((long) NEAR);
        assertThat(basesOf(run(32, FAR, 31, 12))).contains((long) FAR);
    }
}
