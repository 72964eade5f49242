/**
 * The manifest: which paths a snapshot holds, what each of them is, and where its bytes are.
 *
 * <p>Priorities, in this order: a hostile or damaged page gives a {@code CorruptDataException} and nothing else; equal
 * content gives equal pages whatever the history; memory stays bounded by the depth of a tree, not by its size; then speed.
 *
 * <p>A manifest is a Merkle map from {@link EntryPath} to {@link Entry}, kept in pages that are cut by content. Contents of
 * long files are chunk lists, cut in the same way. A page has one encoding only: decoding refuses everything that encoding
 * would not have written.
 *
 * <p>Nothing here reads a folder, seals a record or knows a key, but for the one that decides where pages end: see {@link
 * PageBoundary}. Folders are {@code dev.cairn.cas.snapshot}, sealing is {@code dev.cairn.cas.seal}.
 */
@NullMarked
package dev.cairn.cas.manifest;

import org.jspecify.annotations.NullMarked;
