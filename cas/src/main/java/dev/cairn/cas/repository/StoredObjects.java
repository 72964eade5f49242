package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.seal.Sealer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a store, opened and verified. Keeps {@link OpenedRecords opened records}, since neighbours in a run are mostly read one
 * after the other; a record that several threads want at once is opened once.
 *
 * <p>May be used from any thread. A hit costs a read of the index and, but for {@link #chunk}, a copy of the body; a miss the opening of a record
 * more, 0.15 to 0.7 ms for a run.
 */
final class StoredObjects implements ObjectSource {

    /** How often providers are looked up that others took the place of. */
    private static final int TRIES = 8;

    private final ObjectStore store;
    private final Sealer sealer;
    private final OpenedRecords kept;
    private final @Nullable OpenedListener listener;

    StoredObjects(ObjectStore store, Sealer sealer, OpenedRecords kept) {
        this(store, sealer, kept, null);
    }

    /** As above; each record that is opened has the digest that was stored, and is shown to {@code listener}. */
    StoredObjects(ObjectStore store, Sealer sealer, OpenedRecords kept, @Nullable OpenedListener listener) {
        this.store = store;
        this.sealer = sealer;
        this.kept = kept;
        this.listener = listener;
    }

    @Override
    public PlainObject read(ObjectId id, ObjectType type) {
        return fromProvider(id, type, (opened, ordinal, _) -> opened.object(ordinal));
    }

    /** Without a copy of the body. */
    @Override
    public Bytes chunk(ObjectId id) {
        return fromProvider(id, ObjectType.CHUNK, (opened, ordinal, _) -> opened.body(ordinal));
    }

    @Override
    public Bytes unverifiedChunk(ObjectId id) {
        return fromProvider(id, ObjectType.CHUNK, (opened, ordinal, _) -> opened.unverifiedBody(ordinal));
    }

    /** What is made of an opened record that provides an object. */
    @FunctionalInterface
    interface Reading<T> {
        T read(OpenedRecord opened, int ordinal, String where);
    }

    /**
     * Tries the providers of an object until one verifies. Where others took their place meanwhile, because records were sealed
     * anew, those are tried.
     *
     * @throws CorruptDataException if none does, or there is none
     */
    <T> T fromProvider(ObjectId id, ObjectType type, Reading<T> reading) {
        List<RecordRef> providers = store.providers(id);
        for (int attempt = 1; ; attempt++) {
            try {
                return fromOneOf(providers, id, type, reading);
            } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
                List<RecordRef> now = store.providers(id);
                if (attempt == TRIES || now.equals(providers)) {
                    throw e;
                }
                providers = now;
            }
        }
    }

    private <T> T fromOneOf(List<RecordRef> providers, ObjectId id, ObjectType type, Reading<T> reading) {
        if (providers.isEmpty()) {
            throw new CorruptDataException("object " + id, "a record that provides it", "none");
        }
        StoreException first = null;
        for (RecordRef provider : providers) {
            String where = "record " + provider.sequence();
            try {
                OpenedRecord opened = open(provider.sequence(), provider, where);
                requireProvides(opened, provider.ordinal(), id, type, where);
                return reading.read(opened, provider.ordinal(), where);
            } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw java.util.Objects.requireNonNull(first);
    }

    private static void requireProvides(OpenedRecord opened, int ordinal, ObjectId id, ObjectType type, String where) {
        if (ordinal >= opened.size()
                || !opened.header().provided().get(ordinal).id().equals(id)) {
            throw new CorruptDataException(where, "object " + id + " at place " + ordinal, "another");
        }
        ObjectType actual = opened.header().kind().provides();
        if (actual != type) {
            throw new CorruptDataException(where + ", object " + id, "a " + type, "a " + actual);
        }
    }

    /**
     * Opens a record that hardly anybody will ask for, and on the way what it builds on.
     *
     * @throws CorruptDataException if it does not open
     */
    void openOnce(long sequence) {
        var _ = open(sequence, new RecordRef(sequence, 0), "record " + sequence, OpenedRecords.Slot.spent());
    }

    private OpenedRecord open(long sequence, RecordRef provider, String where) {
        return open(sequence, provider, where, new OpenedRecords.Slot());
    }

    private OpenedRecord open(long sequence, RecordRef provider, String where, OpenedRecords.Slot mine) {
        OpenedRecords.Slot slot = kept.take(sequence, mine);
        return slot == mine ? load(sequence, provider, mine, where) : join(slot.record());
    }

    private OpenedRecord load(long sequence, RecordRef provider, OpenedRecords.Slot mine, String where) {
        Unsealed unsealed;
        try {
            unsealed = unsealed(provider, where);
            mine.record().complete(unsealed.opened);
            kept.weigh(sequence, mine, unsealed.opened);
        } catch (Throwable e) {
            kept.remove(sequence, mine);
            mine.record().completeExceptionally(e);
            throw e;
        }
        if (listener != null) {
            // Nobody waits for that.
            listener.opened(sequence, unsealed.record, unsealed.opened);
        }
        return unsealed.opened;
    }

    private record Unsealed(SealedRecord record, OpenedRecord opened) {}

    private Unsealed unsealed(RecordRef provider, String where) {
        try {
            SealedRecord record = listener == null ? store.readToOpen(provider) : store.read(provider);
            return new Unsealed(record, sealer.open(record, where, this));
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            // Whether it was altered here comes before what that made of it.
            store.read(provider);
            throw e;
        }
    }

    private static OpenedRecord join(CompletableFuture<OpenedRecord> opened) {
        try {
            return opened.join();
        } catch (CompletionException e) {
            @Nullable Throwable cause = e.getCause();
            if (cause instanceof StoreException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
