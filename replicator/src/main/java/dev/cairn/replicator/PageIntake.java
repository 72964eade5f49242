package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.replicator.protocol.ProtocolLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings spooled pages and snapshots into the store, a window at a time: has the chunks that lack brought in ({@link ChunkIntake}),
 * opens every record and recomputes every id, commits chunks, then pages. Nothing is committed that was not verified.
 *
 * <p><b>Deltas.</b> What a delta builds on is nearly always here, from the last pull or from an earlier window. Where it is
 * not, it is fetched: chunks are kept like any others; pages only serve to open what builds on them, which is then sealed
 * anew, since a page may be kept only together with all that it reaches. Nothing is fetched on the word of a header before
 * it is certain that a holder of the key wrote it: whoever may append to a server can put deltas there under ids of others.
 *
 * <p>Memory: a window of at most {@value #WINDOW_BYTES} bytes of page records (or one record), the ids of its chunks, and what
 * {@link VerifiedRecords}, {@link PageBases} and {@link WaitingDeltas} hold. Not thread-safe.
 */
final class PageIntake {

    private static final int WINDOW_BYTES = 8 << 20;
    private static final int WINDOW_RECORDS = 1024;

    /** The most ids that the headers of a window may refer to by their places. */
    private static final int WINDOW_IDS_REFERRED = 2 << 20;

    /** The most pages of a window whose bases are fetched; what builds on others waits for the next. */
    private static final int WINDOW_HELPERS = 128;

    /** Where records of a pull come from, for the message of an error. */
    static final String WHERE = "a record of the remote";

    private final Replica replica;
    private final ObjectStore store;
    private final PageSpool spool;
    private final Set<ObjectId> snapshotsWanted;
    private final Refusals refusals;
    private final int refusedBefore;
    private final Runnable finished;
    private final Runnable pagesRefused;

    private final VerifiedRecords verified;
    private final PageBases pages;
    private final VainAnswers answers = new VainAnswers();
    private final HelperIntake helpers;
    private final ChunkIntake chunks;
    private List<Spooled> window = List.of();
    private List<PageSpool.Entry> unread = new ArrayList<>();

    /** What was read with the window, and waits for the next one. */
    private List<PageSpool.Entry> later = List.of();

    /** Whether a record was refused that came after the window: it is the last. */
    private boolean isLastWindow;

    private int rounds;

    /** How much of the spool had been read before the window, and how many chunks lacked when the window was read. */
    private double shareBefore;

    private int chunksBefore;

    private record Spooled(SealedRecord record, int[] due) {}

    /**
     * @param supply asked for chunks before the peer is
     * @param finished called once, when all that was spooled is in the store
     * @param pagesRefused called once instead, when pages were refused; what was right before the first of them is stored
     */
    PageIntake(
            Replica replica,
            ProtocolLimits limits,
            Exchange exchange,
            TransferCounts counts,
            PageSpool spool,
            Set<ObjectId> snapshotsWanted,
            Refusals refusals,
            ChunkSupply supply,
            Runnable finished,
            Runnable pagesRefused) {
        this.replica = replica;
        this.store = replica.store();
        this.verified = new VerifiedRecords(store);
        this.pages = new PageBases(replica);
        this.spool = spool;
        this.snapshotsWanted = snapshotsWanted;
        this.refusals = refusals;
        this.refusedBefore = refusals.count();
        this.finished = finished;
        this.pagesRefused = pagesRefused;
        this.helpers = new HelperIntake(replica, limits, exchange, counts, refusals, pages, answers, this::advance);
        this.chunks = new ChunkIntake(
                replica, limits, exchange, counts, refusals, pages, verified, supply, helpers, answers, this::advance);
    }

    /** Begins with the first spooled record. */
    void start() {
        spool.rewind();
        advance();
    }

    /** How much is done, from 0 to 1: chunks are taken to lie evenly beneath the pages. */
    double share() {
        double share = chunksBefore == 0 ? 0 : 1 - Math.min(1, (double) chunks.lacking() / chunksBefore);
        return shareBefore + (spool.shareRead() - shareBefore) * share;
    }

    private void advance() {
        while (true) {
            if (helpers.isBusy()) {
                helpers.fetch();
                return;
            }
            if (!unread.isEmpty()) {
                parse();
            } else if (!chunks.isDone()) {
                chunks.fetch();
                return;
            } else if (!nextWindow()) {
                return;
            }
        }
    }

    /** Commits the window and reads the next; false if there is none. */
    private boolean nextWindow() {
        boolean isRight = commitPages();
        unread = isRight && !(isLastWindow && later.isEmpty()) ? read() : List.of();
        if (!unread.isEmpty()) {
            return true;
        }
        if (isRight && !isLastWindow) {
            finished.run();
        } else {
            new DamagedPages(replica, spool, pages, refusals).refuseAll();
            refusals.requireMoreThan(refusedBefore);
            pagesRefused.run();
        }
        return false;
    }

    private List<PageSpool.Entry> read() {
        pages.clear();
        rounds = 0;
        answers.clear();
        shareBefore = spool.shareRead();
        chunksBefore = 0;
        if (!later.isEmpty()) {
            List<PageSpool.Entry> next = later;
            later = List.of();
            return next;
        }
        List<PageSpool.Entry> next = new ArrayList<>();
        long bytes = 0;
        try {
            while (bytes < WINDOW_BYTES && next.size() < WINDOW_RECORDS) {
                PageSpool.Entry entry = spool.next();
                if (entry == null) {
                    break;
                }
                DamagedPages.authenticate(replica.sealer(), entry.record());
                next.add(entry);
                bytes += entry.record().length;
            }
        } catch (IOException e) {
            throw PullSession.spoolFailed(e);
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            // What came before is taken in; this one is found again when all that was spooled is looked at.
            isLastWindow = true;
        }
        return next;
    }

    /** Parses the window, if the pages are there that it refers to; else they are fetched first. */
    private void parse() {
        if (rounds++ > HelperIntake.ROUNDS_MAX) {
            throw new RemoteException.PeerMisbehaved("pages that build on pages without an end", null);
        }
        pages.beginWindow();
        List<Spooled> next = new ArrayList<>();
        long referred = 0;
        int parsed = 0;
        for (PageSpool.Entry entry : unread) {
            if (helpers.lacking() >= WINDOW_HELPERS && later.isEmpty()) {
                later = List.copyOf(unread.subList(parsed, unread.size()));
                break;
            }
            parsed++;
            try {
                SealedRecord record = SealedRecord.parse(entry.record(), WHERE, pages::children);
                referred += record.header().idsReferred();
                if (referred > WINDOW_IDS_REFERRED) {
                    throw new RemoteException.PeerMisbehaved("headers that refer to too many ids", null);
                }
                pages.addToWindow(record, entry.due());
                next.add(new Spooled(record, entry.due()));
            } catch (MissingObjectsException e) {
                helpers.want(e.ids());
            } catch (CorruptDataException e) {
                throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
            }
        }
        unread = new ArrayList<>(unread.subList(0, parsed));
        if (!helpers.isBusy()) {
            unread = new ArrayList<>();
            window = next;
            Set<ObjectId> lacking = new LinkedHashSet<>();
            for (Spooled spooled : next) {
                lacking.addAll(store.missing(chunksOf(spooled.record(), spooled.due())));
            }
            chunksBefore = lacking.size();
            chunks.want(lacking);
        }
    }

    private List<ObjectId> chunksOf(SealedRecord record, int[] due) {
        List<ObjectId> chunks = new ArrayList<>();
        for (int ordinal : due) {
            ProvidedObject object = record.header().provided().get(ordinal);
            if (!store.has(object.id())) {
                chunks.addAll(object.chunkChildren());
            }
        }
        return chunks;
    }

    /** Commits the window; false if there is a record in it that had to be refused, before which it stops. */
    private boolean commitPages() {
        for (Spooled spooled : window) {
            if (spooled.record.header().kind() == RecordKind.SNAPSHOT) {
                // What is checked of a snapshot is its whole manifest, read from the store.
                verified.commit();
            }
            try {
                SealedRecord checked = check(spooled);
                if (checked != null) {
                    verified.add(checked);
                }
            } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
                refusals.add(spooled.record.bytes(), e);
                verified.commit();
                return false;
            }
        }
        window = List.of();
        verified.commit();
        return true;
    }

    /** The record, or the part of it that is due, once everything that is due is verified; null if all of it is there. */
    private @Nullable SealedRecord check(Spooled spooled) {
        SealedRecord record = spooled.record;
        List<ProvidedObject> provided = record.header().provided();
        Set<ObjectId> due = new LinkedHashSet<>();
        List<Integer> ordinals = new ArrayList<>();
        for (int ordinal : spooled.due) {
            ObjectId id = provided.get(ordinal).id();
            if (!store.has(id)) {
                due.add(id);
                ordinals.add(ordinal);
            }
        }
        if (due.isEmpty()) {
            return null;
        }
        if (record.header().bases().stream().anyMatch(verified::isStaged)) {
            verified.commit();
        }
        OpenedRecord opened = replica.sealer().open(record, WHERE, pages::base);
        for (int ordinal : ordinals) {
            check(record, provided.get(ordinal).id(), opened, ordinal);
        }
        boolean whole = due.size() == provided.size()
                || provided.stream().allMatch(object -> due.contains(object.id()) || store.has(object.id()));
        if (!whole
                || !store.missing(record.header().bases()).isEmpty()
                || ChunkIntake.isTooDeep(store, record.header())) {
            return replica.sealer().resealPart(opened, due);
        }
        opened.verify();
        return record;
    }

    private void check(SealedRecord record, ObjectId id, OpenedRecord opened, int ordinal) {
        if (record.header().kind() == RecordKind.SNAPSHOT) {
            if (!snapshotsWanted.contains(id)) {
                throw new RemoteException.PeerMisbehaved("a snapshot that was not asked for: " + id, null);
            }
            replica.checks().snapshot(id, opened.object(ordinal), record);
        } else {
            replica.checks().page(id, opened.object(ordinal));
        }
    }
}
