package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.replicator.protocol.NoteDigest;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Brings the notes of both sides together: asks for the server's notes where digests differ, keeps those that a replica of this
 * repository signed, and sends what the server lacks.
 *
 * <p>A note that does not verify is passed over and counted: a server cannot tell whose it is, so whoever may append to it can
 * leave some. One of a later version is passed over too.
 *
 * <p>Memory: a key and a clock for each of the server's notes in buckets that differ. Not thread-safe.
 */
final class NoteExchange {

    private static final int NOTES_READ = 1024;
    private static final int REQUEST_BYTES_MAX = 1 << 20;
    private static final int DIGEST_BYTES_SHARE = 4;

    private final Replica replica;
    private final ObjectStore store;
    private final ProtocolLimits limits;
    private final Exchange exchange;
    private final TransferCounts counts;

    /** The server's notes where sides differ, by their keys. */
    private final Map<ByteBuffer, Held> theirs = new HashMap<>();

    private final TreeSet<Integer> differing = new TreeSet<>();
    private final List<Note> fresh = new ArrayList<>();
    private int buckets = 1;
    private byte @Nullable [] sentTo;
    private long listed;

    /** What is remembered of a note: enough to tell whether another one of the same key is later, or is the same. */
    private record Held(long clock, long signature) {
        static Held of(Note note) {
            return new Held(note.clock(), ByteBuffer.wrap(note.signature()).getLong());
        }
    }

    NoteExchange(Replica replica, ProtocolLimits limits, Exchange exchange, TransferCounts counts) {
        this.replica = replica;
        this.store = replica.store();
        this.limits = limits;
        this.exchange = exchange;
        this.counts = counts;
    }

    /**
     * Takes in what is new.
     *
     * @param digest of the server's notes; null if it knows of none
     */
    void receive(@Nullable NoteDigest digest, Runnable next) {
        NoteDigests ours = NoteDigests.whole(store);
        if (digest == null || digest.equals(ours.first())) {
            next.run();
            return;
        }
        int digestsMax =
                Math.min(ProtocolLimits.NOTE_DIGESTS_MAX, limits.frameBytes() / DIGEST_BYTES_SHARE / NoteDigest.BYTES);
        buckets = NoteDigests.buckets(ours.count(), digestsMax);
        ask(next);
    }

    private void ask(Runnable next) {
        theirs.clear();
        differing.clear();
        fresh.clear();
        listed = 0;
        exchange.send(new Request.Notes(NoteDigests.of(store, buckets).all()), new Exchange.Continuation() {
            @Override
            public void answered(Response response) {
                switch (response) {
                    case Response.NoteList list -> take(list);
                    case Response.End end
                    when end.count() == listed -> {
                        keep();
                        next.run();
                    }
                    case Response.End end ->
                        throw new RemoteException.PeerMisbehaved(
                                "%d notes, and a count of %d".formatted(listed, end.count()), null);
                    case Response other -> throw Exchange.unexpected(other);
                }
            }

            @Override
            public void interrupted() {
                ask(next);
            }
        });
    }

    private void take(Response.NoteList list) {
        boolean isNewBucket = differing.add(list.bucket());
        listed += list.notes().size();
        if (listed > Note.NOTES_MAX || (list.notes().isEmpty() && !isNewBucket)) {
            throw new RemoteException.PeerMisbehaved("a list of notes without an end", null);
        }
        for (byte[] bytes : list.notes()) {
            Note note;
            try {
                note = Note.parse(bytes, "the server");
            } catch (VersionMismatchException e) {
                continue;
            } catch (CorruptDataException e) {
                throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
            }
            if (NoteDigests.bucket(note.snapshot(), buckets) != list.bucket()) {
                throw new RemoteException.PeerMisbehaved("a note in the wrong place of a list", null);
            }
            take(note);
        }
    }

    private void take(Note note) {
        theirs.put(ByteBuffer.wrap(note.key()), Held.of(note));
        if (store.notes(note.snapshot()).notes().contains(note)) {
            return;
        }
        try {
            replica.checks().note(note);
        } catch (CorruptDataException e) {
            counts.noteRefused();
            return;
        }
        fresh.add(note);
        if (fresh.size() == NOTES_READ) {
            keep();
        }
    }

    private void keep() {
        if (!fresh.isEmpty()) {
            counts.notesReceived(store.annotate(fresh).added());
            fresh.clear();
        }
    }

    /** Sends what the server lacks, as far as a device of {@code role} may. To be called after {@link #receive}. */
    void send(Role role, Runnable next) {
        List<byte[]> lacking = role.includes(Role.APPEND) ? nextLacking(role) : List.of();
        if (lacking.isEmpty()) {
            next.run();
            return;
        }
        exchange.send(new Request.Annotate(lacking), response -> {
            if (!(response instanceof Response.Annotated)) {
                throw Exchange.unexpected(response);
            }
            counts.notesSent(lacking.size());
            send(role, next);
        });
    }

    /** As many notes as one request holds, from where the last one ended. */
    private List<byte[]> nextLacking(Role role) {
        List<byte[]> lacking = new ArrayList<>();
        long bytesLeft = Math.min(REQUEST_BYTES_MAX, limits.frameBytes() / 2);
        while (!differing.isEmpty()) {
            int bucket = differing.first();
            List<Note> page =
                    store.notesAfter(sentTo == null ? NoteDigests.below(bucket, buckets) : sentTo, NOTES_READ).stream()
                            .filter(note -> NoteDigests.bucket(note.snapshot(), buckets) == bucket)
                            .toList();
            for (Note note : page) {
                if (bytesLeft < Note.BYTES_MAX || lacking.size() == ProtocolLimits.NOTES_PER_REQUEST_MAX) {
                    return lacking;
                }
                sentTo = note.key();
                if (isLacking(note) && mayBeSent(note, role)) {
                    lacking.add(note.bytes());
                    bytesLeft -= note.length();
                }
            }
            if (page.size() < NOTES_READ) {
                differing.remove(bucket);
                sentTo = null;
            }
        }
        return lacking;
    }

    private boolean isLacking(Note note) {
        Held held = theirs.get(ByteBuffer.wrap(note.key()));
        Held own = Held.of(note);
        return held == null || held.clock < own.clock || (held.clock == own.clock && held.signature != own.signature);
    }

    private boolean mayBeSent(Note note, Role role) {
        boolean may = role.includes(Role.WRITE) || !note.kind().decidesOnKeeping();
        if (!may) {
            counts.noteHeldBack();
        }
        return may;
    }
}
