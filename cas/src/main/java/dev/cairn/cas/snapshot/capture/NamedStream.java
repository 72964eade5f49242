package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.EntryPath;

/**
 * A stream that is captured as a file.
 *
 * @param path of the file in the snapshot; not the root
 */
public record NamedStream(EntryPath path, ContentStream content) {
    public NamedStream {
        if (path.isRoot()) {
            throw new IllegalArgumentException("a stream needs the name of a file");
        }
    }
}
