package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryChunks;
import dev.cairn.cas.manifest.EntryLosses;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.ValidatedEntries;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Goes through the files of one snapshot. */
final class SnapshotWalk {

    private final Repository repository;
    private final ObjectSource objects;
    private final VerificationTally tally;
    private final Cancellation cancellation;

    SnapshotWalk(Repository repository, VerificationTally tally, Cancellation cancellation) {
        this.repository = repository;
        this.objects = repository.objects();
        this.tally = tally;
        this.cancellation = cancellation;
    }

    /** Verifies the snapshot and all it reaches; reads contents if {@code data}. */
    void verify(ObjectId snapshot, boolean data) {
        entries(snapshot, entry -> {
            if (data ? isReadable(snapshot, entry) : isThere(snapshot, entry)) {
                tally.sound(1);
            }
        });
    }

    /** Reports each path of the snapshot that one of {@code lost} belongs to. */
    void findPaths(ObjectId snapshot, Set<ObjectId> lost) {
        entries(snapshot, entry -> {
            try {
                EntryChunks.forEach(entry, objects, chunk -> {
                    if (lost.contains(chunk)) {
                        throw new CorruptDataException("chunk " + chunk, "a whole record", "a damaged one");
                    }
                });
            } catch (CorruptDataException e) {
                tally.damage(new Damage(e.where(), e.reason(), snapshot, entry.path()));
            }
        });
    }

    private void entries(ObjectId snapshot, Consumer<Entry> visitor) {
        try {
            ObjectId manifest = repository.snapshot(snapshot).manifest();
            ValidatedEntries entries = ValidatedEntries.of(MerkleMap.ofEntries(manifest, objects), losses(snapshot));
            while (entries.hasNext()) {
                cancellation.check();
                visitor.accept(entries.next());
            }
        } catch (CorruptDataException e) {
            // Not even the root opens, or the manifest lies about its shape: the walk cannot go on.
            tally.damage(new Damage(e.where(), e.reason(), snapshot, null));
        }
    }

    private EntryLosses losses(ObjectId snapshot) {
        return new EntryLosses() {
            @Override
            public void page(EntryPath last, long count, CorruptDataException damage) {
                String reason =
                        "%s; with that page %,d entries up to this one are unknown".formatted(damage.reason(), count);
                tally.damage(new Damage(damage.where(), reason, snapshot, last));
            }

            @Override
            public void folder(Entry standIn) {}

            @Override
            public void entry(Entry entry, String reason) {
                tally.damage(new Damage("manifest of snapshot " + snapshot, reason, snapshot, entry.path()));
            }
        };
    }

    private boolean isReadable(ObjectId snapshot, Entry entry) {
        try {
            entry.metadata().xattrs().load(objects);
            if (entry.content() != null) {
                FileContentReader extents = FileContentReader.of(entry.requireContent(), objects);
                while (extents.hasNext()) {
                    cancellation.check();
                    if (extents.next() instanceof Extent.Data data) {
                        tally.read(data.length());
                    }
                }
            }
            return true;
        } catch (CorruptDataException e) {
            tally.damage(new Damage(e.where(), e.reason(), snapshot, entry.path()));
            return false;
        }
    }

    private boolean isThere(ObjectId snapshot, Entry entry) {
        try {
            EntryChunks.forEachWindow(entry, objects, this::requirePresent);
            return true;
        } catch (CorruptDataException e) {
            tally.damage(new Damage(e.where(), e.reason(), snapshot, entry.path()));
            return false;
        }
    }

    private void requirePresent(List<ObjectId> chunks) {
        List<ObjectId> missing = repository.store().missing(chunks);
        if (!missing.isEmpty()) {
            throw new CorruptDataException(
                    "chunk " + missing.getFirst(), "a record that provides it", "none that is whole");
        }
    }
}
