package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.VersionMismatchException;
import java.util.List;

/**
 * A page of a tree: a node object.
 *
 * <h2>Format</h2>
 *
 * <pre>
 *   version 1 | kind 1 | level 1 | repeated nodes | repeated chunks | columns
 * </pre>
 *
 * Level 0 is a leaf. The children stand outside the body, in the order in which the columns refer to them: see {@link
 * ChildWriter}. The columns are those of the {@link PageFormat} of that kind. There is one encoding of a page only.
 *
 * <h2>Where a page ends</h2>
 *
 * After an item, if the page has two or more and either the boundary's hash of level and key, as a fraction of 2^64, is below
 * weight / {@value #TARGET_BYTES}, or all weights together reach {@value #FORCED_BYTES}.
 */
record Page<T>(int level, List<T> items) {

    /** The version of the encoding. */
    static final int VERSION = 1;

    /** The mean weight of a page. */
    static final int TARGET_BYTES = 16 << 10;

    /** The weight at which a page ends in any case. */
    static final int FORCED_BYTES = 64 << 10;

    /** The least items of a page that is not the last of its level. */
    static final int ITEMS_MIN = 2;

    /**
     * The longest body that is decoded. What is forced to end at 64 KiB cannot reach it, even if every entry has another
     * owner with long names.
     */
    static final int BODY_BYTES_MAX = 4 << 20;

    private static final int HEADER_BYTES = 3;

    /** Whether a page at {@code level} ends after an item with that hash and weight. */
    static boolean endsAfter(long hash, int weight) {
        return weight >= TARGET_BYTES || Long.compareUnsigned(hash, (long) weight << 50) < 0;
    }

    /** The most items of a page if each has that weight at least. */
    static int itemsMax(int weightMin) {
        return FORCED_BYTES / weightMin + ITEMS_MIN;
    }

    static <T> PlainObject encode(PageFormat<T> format, int level, List<T> items) {
        PageWriter columns = new PageWriter();
        format.write(items, columns);
        BodyWriter body = new BodyWriter();
        body.writeByte(VERSION);
        body.writeByte(format.kind());
        body.writeByte(level);
        columns.nodes.writeRepetitions(body);
        columns.chunks.writeRepetitions(body);
        body.writeBytes(columns.body.toBytes());
        return new PlainObject(ObjectType.NODE, columns.nodes.children(), columns.chunks.children(), body.toBytes());
    }

    /** The level of a page of a tree of this format, after checking that it is one. */
    static int level(PlainObject object, TreeFormat<?> tree, String where) {
        byte[] body = object.body();
        if (object.type() != ObjectType.NODE || body.length < HEADER_BYTES) {
            throw new CorruptDataException(where, "a page", object.type() + " of " + body.length + " bytes");
        }
        if (body[0] != VERSION) {
            if (body[0] == 0) {
                throw new CorruptDataException(where, "page version " + VERSION, "0");
            }
            throw new VersionMismatchException("manifest " + where, VERSION, body[0] & 0xff);
        }
        int level = body[2] & 0xff;
        int kind = level == 0 ? tree.leaf().kind() : tree.branch().kind();
        if (level >= TreeFormat.LEVELS_MAX || (body[1] & 0xff) != kind) {
            throw new CorruptDataException(
                    where, "a page of the tree", "kind %d at level %d".formatted(body[1] & 0xff, level));
        }
        return level;
    }

    /** Decodes a page whose {@link #level} is checked already. */
    static <T> Page<T> decode(PlainObject object, PageFormat<T> format, String where) {
        byte[] bytes = object.body();
        if (bytes.length > BODY_BYTES_MAX) {
            throw new CorruptDataException(where, "at most " + BODY_BYTES_MAX + " bytes", "" + bytes.length);
        }
        BodyReader body = new BodyReader(bytes, where);
        body.skip(HEADER_BYTES, "header");
        try {
            ChildReader nodes = new ChildReader(object.nodeChildren(), body, "nodes");
            ChildReader chunks = new ChildReader(object.chunkChildren(), body, "chunks");
            List<T> items = format.read(new PageReader(body, nodes, chunks));
            nodes.requireEnd();
            chunks.requireEnd();
            body.requireEnd();
            requireWeight(items, format, body);
            return new Page<>(bytes[2] & 0xff, items);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw body.invalid(e);
        }
    }

    /** What a branch must say of this page, which is not empty. */
    static <T> PageRef summary(ObjectId id, List<T> items, PageFormat<T> format, String where) {
        try {
            return format.summary(id, items);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw CorruptDataException.because(where, "its items do not add up: " + e.getMessage(), e);
        }
    }

    /** A page that goes on after it had to end was not built by the rule, and could be of any size. */
    private static <T> void requireWeight(List<T> items, PageFormat<T> format, BodyReader body) {
        long weight = 0;
        for (int i = 0; i < items.size(); i++) {
            if (i >= ITEMS_MIN && weight >= FORCED_BYTES) {
                throw body.corrupt("a page's end after " + i + " items", items.size() + " items");
            }
            weight += format.weight(items.get(i));
        }
    }
}
