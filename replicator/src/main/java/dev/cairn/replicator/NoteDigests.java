package dev.cairn.replicator;

import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.Sha256;
import dev.cairn.replicator.protocol.NoteDigest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Digests of the notes of a store, by buckets: the first bits of the id that a note is about. Two sides that compare them find
 * where they differ without sending what they share.
 *
 * <p>A bucket's digest is the first 16 bytes of SHA-256 over the first 16 bytes of each note's signature, in the order of the
 * notes' keys; zeros where there are none. One pass over the notes, about a microsecond each.
 */
final class NoteDigests {

    private static final int NOTES_READ = 1024;
    private static final int NOTES_PER_BUCKET = 8;
    private static final int SIGNATURE_PART_BYTES = 16;

    private final List<NoteDigest> digests;
    private final long count;

    private NoteDigests(List<NoteDigest> digests, long count) {
        this.digests = digests;
        this.count = count;
    }

    /** The digest of all notes, and their number. */
    static NoteDigests whole(ObjectStore store) {
        return of(store, 1);
    }

    /** Digests by {@code buckets} buckets, a power of two. */
    static NoteDigests of(ObjectStore store, int buckets) {
        List<NoteDigest> digests = new ArrayList<>(Collections.nCopies(buckets, NoteDigest.NONE));
        MessageDigest digest = Sha256.begin();
        long count = 0;
        int current = -1;
        byte @Nullable [] last = null;
        for (List<Note> page = store.notesAfter(null, NOTES_READ);
                !page.isEmpty();
                page = store.notesAfter(last, NOTES_READ)) {
            for (Note note : page) {
                int bucket = bucket(note.snapshot(), buckets);
                if (bucket != current && current >= 0) {
                    digests.set(current, finish(digest));
                }
                current = bucket;
                digest.update(note.signature(), 0, SIGNATURE_PART_BYTES);
                count++;
            }
            last = page.getLast().key();
        }
        if (current >= 0) {
            digests.set(current, finish(digest));
        }
        return new NoteDigests(digests, count);
    }

    /** Into how many buckets so many notes are parted, so that little is sent for one that differs; at most {@code max}. */
    static int buckets(long notes, int max) {
        int buckets = 1;
        while (buckets * 2 <= max && (long) buckets * NOTES_PER_BUCKET < notes) {
            buckets *= 2;
        }
        return buckets;
    }

    /** The bucket of the notes about a snapshot. */
    static int bucket(ObjectId snapshot, int buckets) {
        int bits = Integer.numberOfTrailingZeros(buckets);
        return bits == 0 ? 0 : (int) (ByteBuffer.wrap(snapshot.bytes()).getLong() >>> (Long.SIZE - bits));
    }

    /** What the keys of the notes of a bucket are above. */
    static byte @Nullable [] below(int bucket, int buckets) {
        if (bucket == 0) {
            return null;
        }
        int bits = Integer.numberOfTrailingZeros(buckets);
        byte[] id = new byte[ObjectId.BYTES];
        ByteBuffer.wrap(id).putLong((long) bucket << (Long.SIZE - bits));
        return id;
    }

    List<NoteDigest> all() {
        return digests;
    }

    /** The digest of all notes, of {@link #whole}. */
    NoteDigest first() {
        return digests.getFirst();
    }

    long count() {
        return count;
    }

    private static NoteDigest finish(MessageDigest digest) {
        ByteBuffer bytes = ByteBuffer.wrap(digest.digest());
        return new NoteDigest(bytes.getLong(), bytes.getLong());
    }
}
