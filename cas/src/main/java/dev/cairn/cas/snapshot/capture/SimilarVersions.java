package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.base.OldVersion;
import dev.cairn.cas.snapshot.base.SimilarityIndex;
import dev.cairn.cas.snapshot.base.Sketch;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a file that has no older version can be compared with all the same: another file that is like it.
 *
 * <p>For one thread.
 */
final class SimilarVersions {

    private final SimilarityIndex index;
    private final ObjectSource objects;
    private final Predicate<ObjectId> mayBuildOn;
    private final Cancellation cancellation;
    private final boolean isAsked;

    /**
     * @param isAsked whether to look for anything: in a first snapshot, where what is like a file can only be another file of
     *     the same snapshot, that would take a quarter more time and save a hundredth
     * @param objects reads what is found
     * @param mayBuildOn whether a delta may build on a chunk
     */
    SimilarVersions(
            SimilarityIndex index,
            boolean isAsked,
            ObjectSource objects,
            Predicate<ObjectId> mayBuildOn,
            Cancellation cancellation) {
        this.index = index;
        this.isAsked = isAsked;
        this.objects = objects;
        this.mayBuildOn = mayBuildOn;
        this.cancellation = cancellation;
    }

    /**
     * The chunks that a small file can be a delta of; empty if there are none.
     *
     * @param length of the file
     * @param bytesMax the most bytes of them
     */
    List<ChunkMap.Placed> ofSmall(Sketch sketch, int length, int bytesMax) {
        for (SimilarityIndex.Found found : find(List.of(sketch))) {
            List<ChunkMap.Placed> bases = switch (found) {
                // About as long as the new one. It is not read for that: lengths only limit what goes together.
                case SimilarityIndex.SmallFile(ObjectId chunk) ->
                    mayBuildOn.test(chunk) ? List.of(new ChunkMap.Placed(chunk, 0, length)) : List.of();
                case SimilarityIndex.LargeFile(Content content) ->
                    content.size() <= bytesMax ? chunks(content) : List.of();
            };
            if (!bases.isEmpty()) {
                return bases;
            }
        }
        return List.of();
    }

    /** Whether there is any use in asking. */
    boolean isAsked() {
        return isAsked;
    }

    private List<SimilarityIndex.Found> find(List<Sketch> blocks) {
        return isAsked ? index.find(blocks) : List.of();
    }

    private List<ChunkMap.Placed> chunks(Content content) {
        try {
            ChunkMap map = map(content);
            return map == null ? List.of() : map.between(0, map.size(), new HashSet<>());
        } catch (StoreException e) {
            return List.of();
        }
    }

    /** What a larger file with blocks like these can be compared with; null if there is nothing. */
    @Nullable
    OldVersion of(List<Sketch> blocks) {
        for (SimilarityIndex.Found found : find(blocks)) {
            ChunkMap map = switch (found) {
                case SimilarityIndex.SmallFile(ObjectId chunk) -> map(chunk);
                case SimilarityIndex.LargeFile(Content content) -> map(content);
            };
            if (map != null) {
                return new OldVersion(map, objects, cancellation);
            }
        }
        return null;
    }

    private @Nullable ChunkMap map(ObjectId chunk) {
        if (!mayBuildOn.test(chunk)) {
            return null;
        }
        try {
            int length = objects.chunk(chunk).length();
            return map(new Content.Segments(List.of(new Segment.Data(chunk, length))));
        } catch (StoreException | IllegalArgumentException e) {
            // Damaged, or not what the row says: it is no base.
            return null;
        }
    }

    private @Nullable ChunkMap map(Content content) {
        try {
            ChunkMap map = ChunkMap.of(content, objects);
            return OlderVersions.isShallow(map, mayBuildOn) ? map : null;
        } catch (StoreException e) {
            // Gone, or not durable yet.
            return null;
        }
    }

    /** Notes a new small file. */
    void note(Sketch sketch, ObjectId chunk) {
        index.note(sketch, chunk);
    }

    /** Notes a new larger file. */
    void note(List<Sketch> blocks, Content content) {
        index.note(blocks, content);
    }
}
