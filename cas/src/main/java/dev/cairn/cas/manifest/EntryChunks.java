package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** The chunks that an entry is made of: its contents and its long attributes. */
public final class EntryChunks {

    private static final int WINDOW_CHUNKS = 4096;

    private EntryChunks() {}

    /**
     * Shows each chunk to {@code visitor}, in the order of the content; one that repeats, as often as it stands there.
     *
     * @param objects where the pages of long lists are read from
     * @throws dev.cairn.cas.CorruptDataException if such a page cannot be read
     */
    public static void forEach(Entry entry, ObjectSource objects, Consumer<ObjectId> visitor) {
        if (entry.metadata().xattrs() instanceof Xattrs.Stored(ObjectId chunk, int _)) {
            visitor.accept(chunk);
        }
        switch (entry.content()) {
            case null -> {}
            case Content.Inline _ -> {}
            case Content.Segments(List<Segment> list) -> chunks(list.iterator(), visitor);
            case Content.Listed listed -> chunks(ChunkList.of(listed, objects), visitor);
        }
    }

    /**
     * As {@link #forEach}, some thousands at a time, for one look into the index for all of them. A list that was shown is used again.
     *
     * @throws dev.cairn.cas.CorruptDataException if such a page cannot be read
     */
    public static void forEachWindow(Entry entry, ObjectSource objects, Consumer<List<ObjectId>> visitor) {
        List<ObjectId> window = new ArrayList<>();
        forEach(entry, objects, chunk -> {
            window.add(chunk);
            if (window.size() == WINDOW_CHUNKS) {
                visitor.accept(window);
                window.clear();
            }
        });
        if (!window.isEmpty()) {
            visitor.accept(window);
        }
    }

    private static void chunks(Iterator<Segment> segments, Consumer<ObjectId> visitor) {
        while (segments.hasNext()) {
            if (segments.next() instanceof Segment.Data data) {
                visitor.accept(data.chunk());
            }
        }
    }
}
