package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.EntryPath;
import org.jspecify.annotations.Nullable;

/**
 * Something that is not as it must be.
 *
 * @param where volume, container, record, object or page
 * @param snapshot a snapshot that it touches, null where none is known to be
 * @param path in that snapshot, null where it is not about one file
 */
public record Damage(
        String where,
        String reason,
        @Nullable ObjectId snapshot,
        @Nullable EntryPath path) {

    static Damage of(CorruptDataException e) {
        return new Damage(e.where(), e.reason(), null, null);
    }
}
