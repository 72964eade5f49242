package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.util.List;

/**
 * How the items of one kind of page are encoded, and what decides where such a page ends. Stateless. Reading refuses what
 * writing would not have written, with a {@code CorruptDataException}; an {@code IllegalArgumentException} or {@code
 * ArithmeticException} out of {@link #read} or {@link #summary} means the same and is translated by {@link Page}.
 */
interface PageFormat<T> {

    /** The byte that names this kind of page; never reused. */
    int kind();

    /** The key by which pages are cut after {@code item}. */
    byte[] key(T item);

    /**
     * About the bytes that {@code item} takes in a page, children included: a function of the item alone, so that where a
     * page ends does not depend on what else is in it. Part of the format.
     */
    int weight(T item);

    void write(List<T> items, PageWriter page);

    List<T> read(PageReader page);

    /** What a branch says of the page {@code id} with these items, at least one. */
    PageRef summary(ObjectId id, List<T> items);
}
