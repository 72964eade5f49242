package dev.cairn.replicator;

import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectStore;
import dev.cairn.replicator.protocol.NoteDigest;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a question for notes: those of the buckets whose digests differ, in pieces. */
final class NoteStream implements ResponseStream {

    /** What the notes of a frame take: at most half of the shortest frame that a peer may ask for. */
    private static final int NOTES_PER_FRAME = (32 << 10) / Note.BYTES_MAX;

    private final ObjectStore store;
    private final int buckets;
    private final List<Integer> differing = new ArrayList<>();
    private int next;
    private byte @Nullable [] after;
    private boolean begun;
    private long count;

    /** @param theirs the client's digests */
    NoteStream(ObjectStore store, List<NoteDigest> theirs) {
        this.store = store;
        this.buckets = theirs.size();
        List<NoteDigest> ours = NoteDigests.of(store, buckets).all();
        for (int bucket = 0; bucket < buckets; bucket++) {
            if (!ours.get(bucket).equals(theirs.get(bucket))) {
                differing.add(bucket);
            }
        }
    }

    @Override
    public Response next() {
        while (next < differing.size()) {
            int bucket = differing.get(next);
            if (!begun) {
                after = NoteDigests.below(bucket, buckets);
            }
            List<Note> notes = store.notesAfter(after, NOTES_PER_FRAME).stream()
                    .filter(note -> NoteDigests.bucket(note.snapshot(), buckets) == bucket)
                    .toList();
            boolean isFirst = !begun;
            begun = notes.size() == NOTES_PER_FRAME;
            if (begun) {
                after = notes.getLast().key();
            } else {
                next++;
            }
            if (isFirst || !notes.isEmpty()) {
                count += notes.size();
                return new Response.NoteList(
                        bucket, notes.stream().map(Note::bytes).toList());
            }
        }
        return new Response.End(count);
    }
}
