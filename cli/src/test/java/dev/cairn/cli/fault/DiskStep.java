package dev.cairn.cli.fault;

import java.nio.file.Path;

/** What a traced process did to files, in the order in which the kernel finished it. */
sealed interface DiskStep {

    /** Bytes came into a file; {@code durable} if the file was opened so that each write is on the disk when it returns. */
    record Write(Path file, long offset, byte[] bytes, boolean durable) implements DiskStep {}

    record Truncate(Path file, long length) implements DiskStep {}

    /** A file or a folder was synced: all steps before {@code begun}, which is a place in the list, are on the disk now. */
    record Sync(Path place, int begun) implements DiskStep {}

    /** A file was made, if it was not there. */
    record Create(Path file) implements DiskStep {}

    record CreateFolder(Path folder) implements DiskStep {}

    /** A further name of a file. */
    record Link(Path from, Path to) implements DiskStep {}

    record Rename(Path from, Path to) implements DiskStep {}

    record Remove(Path path) implements DiskStep {}

    /** The process told something on standard output: from here on it has acknowledged what it told. */
    record Told(String text) implements DiskStep {}
}
