package dev.cairn.cas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers that name ids by their place in pages: round trips, and bytes that somebody made up. */
class IdListTest {

    private static final int SUITE = RecordHeader.SUITE_XAES_256_GCM;

    private final Map<ObjectId, List<ObjectId>> pages = new HashMap<>();
    private final Set<ObjectId> asked = new HashSet<>();
    private final ChildSource known = page -> {
        asked.add(page);
        List<ObjectId> children = pages.get(page);
        if (children == null) {
            throw new MissingObjectsException(List.of(page));
        }
        return children;
    };

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 40);
    }

    private static ObjectId id(SplittableRandom random) {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static List<ObjectId> ids(SplittableRandom random, int count) {
        List<ObjectId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(id(random));
        }
        return ids;
    }

    private List<ObjectId> makePages(SplittableRandom random, int count, int childrenMax) {
        List<ObjectId> made = ids(random, count);
        List<ObjectId> earlier = new ArrayList<>();
        for (ObjectId page : made) {
            List<ObjectId> children = ids(random, random.nextInt(childrenMax + 1));
            if (!earlier.isEmpty() && random.nextBoolean()) {
                children.addAll(earlier.subList(random.nextInt(earlier.size()), earlier.size()));
            }
            if (!children.isEmpty() && random.nextInt(3) == 0) {
                children.add(children.getFirst());
            }
            earlier.addAll(children);
            pages.put(page, List.copyOf(children));
        }
        return made;
    }

    /** Some stretches of children, some new ids, some of both again. */
    private List<ObjectId> mixed(SplittableRandom random, List<ObjectId> from, int max) {
        List<ObjectId> mixed = new ArrayList<>();
        while (mixed.size() < max && random.nextInt(6) > 0) {
            List<ObjectId> children = from.isEmpty() ? List.of() : pages.get(from.get(random.nextInt(from.size())));
            if (children == null || children.isEmpty() || random.nextInt(3) == 0) {
                mixed.add(id(random));
            } else {
                int at = random.nextInt(children.size());
                mixed.addAll(children.subList(at, at + 1 + random.nextInt(children.size() - at)));
            }
        }
        return mixed;
    }

    private RecordHeader delta(SplittableRandom random) {
        List<ObjectId> from = makePages(random, random.nextInt(5), 12);
        List<ObjectId> bases = mixed(random, from, 30);
        bases.add(id(random));
        return RecordHeader.delta(SUITE, 1, ids(random, 1 + random.nextInt(4)), bases, from, known);
    }

    private RecordHeader pageDelta(SplittableRandom random) {
        List<ObjectId> from = makePages(random, 1, 20);
        List<ProvidedObject> provided = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            provided.add(new ProvidedObject(id(random), mixed(random, from, 20), mixed(random, from, 20)));
        }
        return RecordHeader.pageDelta(SUITE, 1, provided, from, known);
    }

    private RecordHeader parse(byte[] bytes) {
        return RecordHeader.parse(ByteBuffer.wrap(bytes), "a test", known);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void parse_encodedHeader_isEqualAndSaysTheSameIds(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (RecordHeader header : List.of(delta(random), pageDelta(random))) {
            byte[] bytes = header.encode();
            assertThat(bytes).hasSize(header.encodedBytes());
            RecordHeader parsed = parse(bytes);
            assertThat(parsed).isEqualTo(header);
            assertThat(parsed.encode()).isEqualTo(bytes);
            UnspeltHeader unspelt = UnspeltHeader.read(ByteBuffer.wrap(bytes), "a test");
            assertThat(unspelt.bytes()).isEqualTo(bytes.length);
            assertThat(unspelt.pages()).isEqualTo(header.pages());
            int literal = header.lists().stream()
                    .flatMap(list -> list.spans().stream())
                    .mapToInt(span -> span instanceof IdList.Literal ? span.count() : 0)
                    .sum();
            int all = header.lists().stream().mapToInt(IdList::size).sum();
            assertThat(header.idsReferred()).isEqualTo(all - literal);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void parse_cutAnywhere_isCorruptData(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (RecordHeader header : List.of(delta(random), pageDelta(random))) {
            byte[] bytes = header.encode();
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> parse(cut)).as("cut to %d", length).isInstanceOf(CorruptDataException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void parse_anyBitFlipped_isRefusedOrParsesToTheFlippedBytes(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (RecordHeader header : List.of(delta(random), pageDelta(random))) {
            byte[] bytes = header.encode();
            for (int bit = 0; bit < 8 * bytes.length; bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit >> 3] ^= (byte) (1 << (bit & 7));
                ByteBuffer buffer = ByteBuffer.wrap(flipped);
                try {
                    RecordHeader parsed = RecordHeader.parse(buffer, "a test", known);
                    assertThat(parsed.encodedBytes()).isEqualTo(buffer.position());
                    assertThat(parsed.encode()).isEqualTo(Arrays.copyOf(flipped, buffer.position()));
                } catch (CorruptDataException | MissingObjectsException | VersionMismatchException e) {
                    assertThat(e).hasMessageNotContaining("Exception");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void parse_randomBytesBehindAGoodBeginning_isRefusedOrParses(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] good = (random.nextBoolean() ? delta(random) : pageDelta(random)).encode();
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = good.clone();
            int from = 12 + random.nextInt(bytes.length - 12);
            for (int at = from; at < bytes.length; at++) {
                // Small numbers look like counts more often.
                bytes[at] = (byte) (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3) / 2);
            }
            try {
                RecordHeader parsed = parse(bytes);
                assertThat(parsed.encodedBytes()).isLessThanOrEqualTo(bytes.length);
            } catch (CorruptDataException | MissingObjectsException | VersionMismatchException e) {
                assertThat(e).isNotNull();
            }
        }
    }

    /** A header by hand: what stands behind the ids of what is provided. */
    private static byte[] raw(RecordKind kind, int provided, List<ObjectId> pages, int... rest) {
        SplittableRandom random = new SplittableRandom(provided);
        ByteBuffer buffer = ByteBuffer.allocate(12 + 32 * provided + 4 + 32 * pages.size() + 4 * rest.length);
        buffer.put((byte) RecordHeader.FORMAT)
                .put((byte) SUITE)
                .put((byte) kind.code())
                .put((byte) 0);
        buffer.putInt(1).putInt(provided);
        ids(random, provided).forEach(id -> id.write(buffer));
        buffer.putInt(pages.size());
        pages.forEach(page -> page.write(buffer));
        for (int word : rest) {
            buffer.putInt(word);
        }
        return buffer.array();
    }

    private ObjectId page(int children) {
        ObjectId page = new ObjectId(pages.size(), children, 7, 7);
        pages.put(page, ids(new SplittableRandom(children), children));
        return page;
    }

    @Test
    void parse_spansOfEveryStrangeNumber_areCorruptData() {
        ObjectId page = page(10);
        assertThat(parse(raw(RecordKind.DELTA, 1, List.of(page), 10, 10, 1, 0)).bases())
                .isEqualTo(pages.get(page));
        int[][] strange = {
            {0}, // no base
            {-1, -1, 1, 0},
            {Integer.MIN_VALUE, 1, 1, 0},
            {RecordHeader.BASES_MAX + 1, RecordHeader.BASES_MAX + 1, 1, 0},
            {Integer.MAX_VALUE, Integer.MAX_VALUE, 1, 0},
            {10, 0, 1, 0},
            {10, -1, 1, 0},
            {10, 11, 1, 0}, // more than the total
            {10, Integer.MAX_VALUE, 1, 0},
            {10, 10, 2, 0}, // a page that is not listed
            {10, 10, -1, 0},
            {10, 10, Integer.MAX_VALUE, 0},
            {10, 10, 1, 1}, // one behind the last child
            {10, 10, 1, -1},
            {10, 10, 1, Integer.MAX_VALUE},
            {10, 10, 1, RecordHeader.CHILDREN_MAX},
            {1, 1, 1, 10},
            {10, 5, 1, 0, 6, 1, 0}, // the second goes beyond the total
            {12, 10, 1, 0, 2, 1, 9},
            {3, 3, 0, 1, 2}, // ids one by one that are not there
            {RecordHeader.BASES_MAX, RecordHeader.BASES_MAX, 0}
        };
        for (int[] words : strange) {
            assertThatThrownBy(() -> parse(raw(RecordKind.DELTA, 1, List.of(page), words)))
                    .as(Arrays.toString(words))
                    .isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void parse_pagesUnknownOrTwiceOrTooMany_areRefused() {
        ObjectId page = page(10);
        assertThatThrownBy(() -> parse(raw(RecordKind.DELTA, 1, List.of(new ObjectId(1, 1, 1, 1)), 1, 1, 1, 0)))
                .isInstanceOfSatisfying(
                        MissingObjectsException.class,
                        e -> assertThat(e.ids()).containsExactly(new ObjectId(1, 1, 1, 1)));
        assertThatThrownBy(() -> parse(raw(RecordKind.DELTA, 1, List.of(page, page), 1, 1, 1, 0)))
                .isInstanceOf(CorruptDataException.class);
        List<ObjectId> many = new ArrayList<>();
        for (int i = 0; i <= RecordHeader.PAGES_MAX; i++) {
            many.add(page(3));
        }
        asked.clear();
        assertThatThrownBy(() -> parse(raw(RecordKind.DELTA, 1, many, 1, 1, 1, 0)))
                .isInstanceOf(CorruptDataException.class);
        assertThat(asked).isEmpty();
        assertThat(parse(raw(RecordKind.DELTA, 1, many.subList(1, many.size()), 1, 1, 1, 0))
                        .bases())
                .hasSize(1);
    }

    @Test
    void parse_deltaOfPagesWithMoreThanOneBase_isRefusedUnread() {
        List<ObjectId> two = List.of(page(3), page(4));
        asked.clear();
        assertThatThrownBy(() -> parse(raw(RecordKind.PAGE_DELTA, 1, two, 3, 3, 1, 0, 0)))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> parse(raw(RecordKind.PAGE_DELTA, 1, List.of(), 0, 0)))
                .isInstanceOf(CorruptDataException.class);
        assertThat(asked).isEmpty();
        assertThat(parse(raw(RecordKind.PAGE_DELTA, 1, two.subList(0, 1), 3, 3, 1, 0, 0))
                        .bases())
                .containsExactly(two.getFirst());
    }

    /** A few hundred bytes that stand for millions of ids. */
    @Test
    void parse_shortHeaderOfMillionsOfIds_isRefusedBeforeAnyPageIsRead() {
        ObjectId page = page(RecordHeader.CHILDREN_MAX);
        int all = RecordHeader.CHILDREN_MAX;
        int provided = 200;
        int[] words = new int[provided * 2 * 4];
        for (int i = 0; i < words.length; i += 4) {
            words[i] = all;
            words[i + 1] = all;
            words[i + 2] = 1;
        }
        asked.clear();
        assertThatThrownBy(() -> parse(raw(RecordKind.PAGE_DELTA, provided, List.of(page), words)))
                .isInstanceOf(CorruptDataException.class);
        assertThat(asked).isEmpty();
        RecordHeader largest = parse(raw(RecordKind.PAGE_DELTA, 1, List.of(page), all, all, 1, 0, 0));
        assertThat(largest.idsReferred()).isEqualTo(all);
        assertThat(largest.provided().getFirst().nodeChildren()).hasSize(all);
    }

    @Test
    void spell_nothing_isTheEmptyList() {
        assertThat(IdList.literal(List.of()).size()).isZero();
        assertThat(new IdList.Speller(List.of()).spell(List.of())).isEqualTo(IdList.EMPTY);
    }
}
