package dev.cairn.cas.manifest;

/** The place of an entry in a group of hard links: several paths that are one file. A group is named by its first path. */
public sealed interface HardLink {

    /** The first of its group in the order of paths: the entry that carries content and extended attributes. */
    record First() implements HardLink {}

    /** A later one, which is the same file as the entry at {@code first}. */
    record Later(EntryPath first) implements HardLink {}
}
