package dev.cairn.cas;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A list of ids as the header of a delta spells it: spans of ids one by one, and spans that are the children of a page. An
 * id takes 32 bytes, a span of any length 12.
 *
 * <p>Format, all integers big-endian:
 *
 * <pre>
 *   total 4 | spans, until they add up to the total
 *   span: count 4 | 0 (4)              | ids 32 each
 *   span: count 4 | number of page 4   | place of the first among its children 4
 * </pre>
 *
 * Pages are numbered from 1 in the list of pages of the header. Their children are its node children, and behind them its
 * chunk children.
 */
public record IdList(List<Span> spans) {

    /** Part of a list. */
    public sealed interface Span {
        /** How many ids it stands for. */
        int count();
    }

    /** Ids, one by one. */
    public record Literal(List<ObjectId> ids) implements Span {
        @Override
        public int count() {
            return ids.size();
        }
    }

    /**
     * Children of a page.
     *
     * @param page its place in the header's list of pages, from 0
     * @param from the place of the first among the page's children
     */
    public record Children(int page, int from, int count) implements Span {}

    /** The empty list. */
    public static final IdList EMPTY = new IdList(List.of());

    private static final int TOTAL_BYTES = 4;
    private static final int SPAN_BYTES = 8;
    private static final int PLACE_BYTES = 4;

    /** The list of these ids, one by one. */
    public static IdList literal(List<ObjectId> ids) {
        return ids.isEmpty() ? EMPTY : new IdList(List.of(new Literal(ids)));
    }

    /** Spells lists by the children of some pages. */
    public static final class Speller {

        private record Place(int page, int at) {}

        private final List<List<ObjectId>> children;
        private final Map<ObjectId, Place> places = new HashMap<>();

        /** @param children those of each page of the header, in the order of its list of pages */
        public Speller(List<List<ObjectId>> children) {
            this.children = children;
            for (int page = 0; page < children.size(); page++) {
                for (int at = 0; at < children.get(page).size(); at++) {
                    places.putIfAbsent(children.get(page).get(at), new Place(page, at));
                }
            }
        }

        /** Spells {@code ids}: by children wherever there are such. */
        public IdList spell(List<ObjectId> ids) {
            List<Span> spans = new ArrayList<>();
            List<ObjectId> literal = new ArrayList<>();
            int i = 0;
            while (i < ids.size()) {
                Place place = places.get(ids.get(i));
                if (place == null) {
                    literal.add(ids.get(i++));
                    continue;
                }
                List<ObjectId> page = children.get(place.page);
                int count = 1;
                while (i + count < ids.size()
                        && place.at + count < page.size()
                        && page.get(place.at + count).equals(ids.get(i + count))) {
                    count++;
                }
                flush(literal, spans);
                spans.add(new Children(place.page, place.at, count));
                i += count;
            }
            flush(literal, spans);
            return new IdList(List.copyOf(spans));
        }

        private static void flush(List<ObjectId> literal, List<Span> spans) {
            if (!literal.isEmpty()) {
                spans.add(new Literal(List.copyOf(literal)));
                literal.clear();
            }
        }
    }

    /** How many ids the list has. */
    public int size() {
        return spans.stream().mapToInt(Span::count).sum();
    }

    /** The length of what {@link #write} writes, in bytes. */
    public int encodedBytes() {
        int bytes = TOTAL_BYTES;
        for (Span span : spans) {
            bytes += SPAN_BYTES
                    + switch (span) {
                        case Literal literal -> ObjectId.BYTES * literal.count();
                        case Children _ -> PLACE_BYTES;
                    };
        }
        return bytes;
    }

    void write(ByteBuffer buffer) {
        buffer.putInt(size());
        for (Span span : spans) {
            buffer.putInt(span.count());
            switch (span) {
                case Literal(List<ObjectId> ids) -> {
                    buffer.putInt(0);
                    ids.forEach(id -> id.write(buffer));
                }
                case Children(int page, int from, int _) ->
                    buffer.putInt(page + 1).putInt(from);
            }
        }
    }

    /**
     * Parses a list.
     *
     * @param max the most ids
     * @param pages how many pages the header lists
     * @throws CorruptDataException if it is not well-formed
     * @throws BufferUnderflowException if the bytes end before it does
     */
    static IdList parse(ByteBuffer buffer, int max, int pages, String where) {
        int left = buffer.getInt();
        if (left < 0 || left > max) {
            throw new CorruptDataException(where, "a list of at most " + max + " ids", Integer.toUnsignedString(left));
        }
        List<Span> spans = new ArrayList<>();
        while (left > 0) {
            int count = buffer.getInt();
            int page = buffer.getInt();
            if (count < 1 || count > left || page < 0 || page > pages) {
                throw new CorruptDataException(
                        where,
                        "a span of 1 to %d ids of one of %d pages".formatted(left, pages),
                        "%d ids of page %d".formatted(count, page));
            }
            left -= count;
            if (page > 0) {
                int from = buffer.getInt();
                if (from < 0 || from > RecordHeader.CHILDREN_MAX) {
                    throw new CorruptDataException(where, "the place of a child", Integer.toUnsignedString(from));
                }
                spans.add(new Children(page - 1, from, count));
                continue;
            }
            spans.add(new Literal(UnspeltHeader.ids(buffer, count)));
        }
        return new IdList(List.copyOf(spans));
    }

    /**
     * The ids themselves. Looks at the pages one after the other and keeps of each only what is asked for.
     *
     * @param pages of the header
     * @return those of each of {@code lists}
     * @throws CorruptDataException if a page has fewer children than a span says
     * @throws MissingObjectsException if a page is not known
     */
    static List<List<ObjectId>> spellOut(List<IdList> lists, List<ObjectId> pages, ChildSource known, String where) {
        ObjectId[][] all = new ObjectId[lists.size()][];
        List<List<Gap>> gaps = new ArrayList<>(pages.size());
        pages.forEach(page -> gaps.add(new ArrayList<>()));
        for (int i = 0; i < all.length; i++) {
            all[i] = new ObjectId[lists.get(i).size()];
            int at = 0;
            for (Span span : lists.get(i).spans) {
                switch (span) {
                    case Literal(List<ObjectId> ids) -> {
                        for (ObjectId id : ids) {
                            all[i][at++] = id;
                        }
                    }
                    case Children children -> {
                        gaps.get(children.page).add(new Gap(all[i], at, children));
                        at += children.count;
                    }
                }
            }
        }
        for (int page = 0; page < pages.size(); page++) {
            List<ObjectId> children = known.children(pages.get(page));
            for (Gap gap : gaps.get(page)) {
                gap.fill(children, where);
            }
        }
        return java.util.Arrays.stream(all).map(List::of).toList();
    }

    /** A place in a list where children of a page belong. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Gap(ObjectId[] into, int at, Children span) {

        void fill(List<ObjectId> children, String where) {
            if (span.from > children.size() - span.count) {
                throw new CorruptDataException(
                        where,
                        "%d children from %d on".formatted(span.count, span.from),
                        "a page of " + children.size() + " children");
            }
            for (int i = 0; i < span.count; i++) {
                into[at + i] = children.get(span.from + i);
            }
        }
    }
}
