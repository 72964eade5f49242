package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.base.OldVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the older version of a file that its new chunks are compared with: what the previous snapshot has at its path or, if
 * that is made of deltas so deep that nothing may build on them, what an earlier one has.
 *
 * <p>For one thread.
 */
final class OlderVersions {

    /** How many snapshots are looked through. */
    private static final int SNAPSHOTS_MAX = 16;

    /** How many chunks of a version are asked how deep they are. */
    private static final int CHUNKS_ASKED = 32;

    private final ObjectSource objects;
    private final Predicate<ObjectId> mayBuildOn;
    private final Function<ObjectId, @Nullable SnapshotRecord> snapshots;
    private final Cancellation cancellation;
    /** The manifests of the snapshots before the previous one, newest first, as far as they were asked for. */
    private final List<MerkleMap<Entry>> earlier = new ArrayList<>();

    private @Nullable ObjectId next;

    /**
     * @param mayBuildOn whether a delta may build on a chunk
     * @param snapshots reads a snapshot; null if it is not there any more
     * @param parent the previous snapshot
     */
    OlderVersions(
            ObjectSource objects,
            Predicate<ObjectId> mayBuildOn,
            Function<ObjectId, @Nullable SnapshotRecord> snapshots,
            @Nullable SnapshotRecord parent,
            Cancellation cancellation) {
        this.objects = objects;
        this.mayBuildOn = mayBuildOn;
        this.snapshots = snapshots;
        this.cancellation = cancellation;
        this.next = parentOf(parent);
    }

    /** The version to compare with; null if there is none. */
    @Nullable
    OldVersion of(EntryPath path, @Nullable Entry previous) {
        Content content = previous == null ? null : previous.content();
        if (content == null || content instanceof Content.Inline) {
            return null;
        }
        try {
            ChunkMap newest = ChunkMap.of(content, objects);
            if (isShallow(newest, mayBuildOn)) {
                return version(newest);
            }
            for (int i = 0; i < SNAPSHOTS_MAX; i++) {
                MerkleMap<Entry> manifest = earlier(i);
                if (manifest == null) {
                    break;
                }
                Content before = manifest.get(path).map(Entry::content).orElse(null);
                if (before != null && !(before instanceof Content.Inline)) {
                    ChunkMap chunks = ChunkMap.of(before, objects);
                    if (isShallow(chunks, mayBuildOn)) {
                        return version(chunks);
                    }
                }
            }
            return version(newest);
        } catch (StoreException e) {
            // What is damaged is no base. The capture itself does not need it.
            return null;
        }
    }

    private OldVersion version(ChunkMap chunks) {
        return new OldVersion(chunks, objects, cancellation);
    }

    /** Whether most chunks of a version, by some of them, may be built on. */
    static boolean isShallow(ChunkMap chunks, Predicate<ObjectId> mayBuildOn) {
        int asked = 0;
        int deep = 0;
        long step = Math.max(1, chunks.size() / CHUNKS_ASKED);
        for (long at = 0; at < chunks.size(); at += step) {
            List<ChunkMap.Placed> placed = chunks.between(at, at + 1, new HashSet<>());
            if (!placed.isEmpty()) {
                asked++;
                deep += mayBuildOn.test(placed.getFirst().chunk()) ? 0 : 1;
            }
        }
        return 4 * deep <= asked;
    }

    private @Nullable MerkleMap<Entry> earlier(int index) {
        while (earlier.size() <= index && next != null) {
            SnapshotRecord snapshot = snapshots.apply(next);
            next = parentOf(snapshot);
            if (snapshot != null) {
                earlier.add(MerkleMap.ofEntries(snapshot.manifest(), objects));
            }
        }
        return index < earlier.size() ? earlier.get(index) : null;
    }

    private static @Nullable ObjectId parentOf(@Nullable SnapshotRecord snapshot) {
        return snapshot == null || snapshot.parents().isEmpty()
                ? null
                : snapshot.parents().getFirst();
    }
}
