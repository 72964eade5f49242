package dev.cairn.replicator;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.replicator.protocol.ProtocolLimits;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Fetches pages that this side lacks and that records of a pull refer to or build on. They only serve to open those: they are not kept.
 *
 * <p>Nothing is fetched on the word of a header before it is certain that a holder of the key wrote it. One fetch at a time. Not
 * thread-safe.
 */
final class HelperIntake implements Fetching.Asker {

    /** How often pages may turn out to build on further pages: deltas are not deeper. */
    static final int ROUNDS_MAX = Admission.DEPTH_MAX + 2;

    /** The most pages that one fetch asks for. */
    private static final int FETCH_PAGES = 1024;

    private static final int PAGES_MAX = ROUNDS_MAX * FETCH_PAGES;

    private final Replica replica;
    private final ProtocolLimits limits;
    private final Exchange exchange;
    private final TransferCounts counts;
    private final Refusals refusals;
    private final PageBases pages;
    private final VainAnswers answers;
    private final Runnable landed;

    private Set<ObjectId> lacking = new LinkedHashSet<>();
    private boolean isUnderWay;

    /** @param landed called after each answer */
    HelperIntake(
            Replica replica,
            ProtocolLimits limits,
            Exchange exchange,
            TransferCounts counts,
            Refusals refusals,
            PageBases pages,
            VainAnswers answers,
            Runnable landed) {
        this.replica = replica;
        this.limits = limits;
        this.exchange = exchange;
        this.counts = counts;
        this.refusals = refusals;
        this.pages = pages;
        this.answers = answers;
        this.landed = landed;
    }

    /** Adds pages to those that lack. */
    void want(Collection<ObjectId> ids) {
        lacking.addAll(ids);
    }

    /** How many pages lack. */
    int lacking() {
        return lacking.size();
    }

    /** Whether pages lack or are being fetched: nothing else should be asked for before they are here. */
    boolean isBusy() {
        return isUnderWay || !lacking.isEmpty();
    }

    /** Asks for pages that lack, unless an answer is awaited. */
    void fetch() {
        if (isUnderWay) {
            return;
        }
        isUnderWay = true;
        Set<ObjectId> ids = new LinkedHashSet<>(
                lacking.stream().limit(Math.min(limits.ids(), FETCH_PAGES)).toList());
        Fetching fetching = new Fetching(ids, refusals, "pages", this);
        exchange.send(fetching.request(), fetching);
    }

    @Override
    public void land(Fetching fetching, boolean inVain) {
        isUnderWay = false;
        answers.landed(inVain);
        landed.run();
    }

    @Override
    public void receive(byte[] bytes, Fetching fetching) {
        try {
            SealedRecord record = SealedRecord.parse(bytes, PageIntake.WHERE, pages::children);
            List<ProvidedObject> provided = record.header().provided();
            counts.received(record.header().kind(), bytes.length);
            fetching.require(provided);
            OpenedRecord opened = replica.sealer().open(record, PageIntake.WHERE, pages::base);
            for (int ordinal = 0; ordinal < provided.size(); ordinal++) {
                ObjectId id = provided.get(ordinal).id();
                if (fetching.outstanding.contains(id)) {
                    pages.addHelper(id, opened.object(ordinal));
                    fetching.outstanding.remove(id);
                    fetching.useful = true;
                    lacking.remove(id);
                }
            }
        } catch (MissingObjectsException e) {
            // It builds on a further page itself: that first, and then this one again.
            await(bytes, e.ids(), fetching);
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            refuse(bytes, e, fetching);
        }
    }

    /** A record came whose header refers to pages that are not here: they are fetched first, and then it again. */
    void await(byte[] bytes, List<ObjectId> lacked, Fetching fetching) {
        try {
            DamagedPages.authenticate(replica.sealer(), bytes);
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            refuse(bytes, e, fetching);
            return;
        }
        fetching.unusable = true;
        Set<ObjectId> first = new LinkedHashSet<>(lacked);
        first.addAll(lacking);
        if (first.size() > PAGES_MAX || pages.helpers() > PAGES_MAX) {
            throw new RemoteException.PeerMisbehaved("pages that build on pages without an end", null);
        }
        lacking = first;
    }

    /** A record is of no use: what it should provide is asked for again. */
    void refuse(byte[] bytes, StoreException why, Fetching fetching) {
        refusals.add(bytes, why);
        fetching.unusable = true;
        fetching.useful = true; // There are only so many refusals.
    }
}
