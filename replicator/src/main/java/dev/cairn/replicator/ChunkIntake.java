package dev.cairn.replicator;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.replicator.protocol.ProtocolLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings in the chunks that a window of a pull lacks: from a {@link ChunkSupply}, and by fetches what that has not. Opens every record,
 * recomputes every id.
 *
 * <p><b>Several fetches.</b> The next one is sent when about {@value #AHEAD_BYTES} bytes of the last are still to come, so that the
 * link is never idle between them. What comes is taken as it comes, whichever fetch it belongs to: chunks build on nothing but bases, and
 * nothing waits in memory for its turn. So an interruption loses no more than it would with one fetch. A fetch ahead passes over the
 * {@value #GAP_PART}th part of a fetch right behind the last: those chunks come with its last run, or with the first of the next.
 *
 * <p><b>Deltas.</b> What a delta builds on is nearly always here. Where it is not, it is taken from the supply, or fetched before
 * everything else, while the delta waits ({@link WaitingDeltas}).
 *
 * <p>Memory: the ids that lack, at most {@value #LACKING_MAX}, and what {@link VerifiedRecords} and {@link WaitingDeltas} hold. Not
 * thread-safe.
 */
final class ChunkIntake implements Fetching.Asker {

    /** Fetches under way at once. */
    static final int FETCHES_MAX = 2;

    private static final int FETCH_IDS = 4096;
    private static final long AHEAD_BYTES = 4 << 20;
    private static final int GAP_PART = 32;

    /** The most chunks that may lack at once: those of a window, and what they build on. */
    private static final int LACKING_MAX = 1 << 20;

    private final Replica replica;
    private final ObjectStore store;
    private final ProtocolLimits limits;
    private final Exchange exchange;
    private final TransferCounts counts;
    private final Refusals refusals;
    private final PageBases pages;
    private final VerifiedRecords verified;
    private final ChunkSupply supply;
    private final HelperIntake helpers;
    private final VainAnswers answers;
    private final Runnable landed;
    private final WaitingDeltas waiting = new WaitingDeltas();
    private final List<Fetching> underWay = new ArrayList<>();
    private Set<ObjectId> lacking = new LinkedHashSet<>();

    /** Whether bases were put in front of what lacks since the last fetch was sent. */
    private boolean basesFirst;

    /** @param landed called after each answer */
    ChunkIntake(
            Replica replica,
            ProtocolLimits limits,
            Exchange exchange,
            TransferCounts counts,
            Refusals refusals,
            PageBases pages,
            VerifiedRecords verified,
            ChunkSupply supply,
            HelperIntake helpers,
            VainAnswers answers,
            Runnable landed) {
        this.replica = replica;
        this.store = replica.store();
        this.limits = limits;
        this.exchange = exchange;
        this.counts = counts;
        this.refusals = refusals;
        this.pages = pages;
        this.verified = verified;
        this.supply = supply;
        this.helpers = helpers;
        this.answers = answers;
        this.landed = landed;
    }

    /** Adds chunks to those that lack, unless the supply has them. */
    void want(Collection<ObjectId> ids) {
        lacking.addAll(ids);
        if (!ids.isEmpty()) {
            takeFromSupply(ids);
        }
    }

    private void takeFromSupply(Collection<ObjectId> ids) {
        supply.supply(ids, (run, plainBytes) -> {
            List<ProvidedObject> chunks = run.header().provided();
            chunks.forEach(chunk -> lacking.remove(chunk.id()));
            counts.supplied(chunks.size(), plainBytes);
            verified.add(run);
        });
    }

    /** How many lack. */
    int lacking() {
        return lacking.size();
    }

    /** Whether all that was wanted is here, and verified. */
    boolean isDone() {
        boolean isDone = lacking.isEmpty() && underWay.isEmpty();
        if (isDone && !waiting.isEmpty()) {
            throw new RemoteException.PeerMisbehaved("deltas that build on one another", null);
        }
        return isDone;
    }

    /** Sends as many fetches as may be under way now. */
    void fetch() {
        while (!helpers.isBusy() && mayAsk()) {
            Set<ObjectId> ids = nextIds();
            if (ids.isEmpty()) {
                return;
            }
            fetch(ids);
        }
    }

    private boolean mayAsk() {
        return underWay.isEmpty()
                || (underWay.size() < Math.min(FETCHES_MAX, limits.requestsInFlight())
                        && underWay.getLast().bytesLeft() <= AHEAD_BYTES);
    }

    /** What to ask for next; what is asked for already is left out until its answer has ended. */
    private Set<ObjectId> nextIds() {
        int idsMax = Math.min(limits.ids(), FETCH_IDS);
        int gap = underWay.isEmpty() || basesFirst ? 0 : idsMax / GAP_PART;
        Set<ObjectId> ids = new LinkedHashSet<>();
        Set<ObjectId> passed = new LinkedHashSet<>();
        for (ObjectId id : lacking) {
            if (underWay.stream().anyMatch(fetching -> fetching.asked.contains(id))) {
                continue;
            }
            if (passed.size() < gap) {
                passed.add(id);
            } else if (ids.size() < idsMax) {
                ids.add(id);
            } else {
                break;
            }
        }
        basesFirst = false;
        return ids;
    }

    private void fetch(Set<ObjectId> ids) {
        Fetching fetching = new Fetching(ids, refusals, "objects", this);
        underWay.add(fetching);
        exchange.send(fetching.request(), fetching);
    }

    @Override
    public void land(Fetching fetching, boolean inVain) {
        underWay.remove(fetching);
        answers.landed(inVain);
        verified.commit();
        int before;
        do {
            before = waiting.size();
            waiting.takeAll().forEach(delta -> take(delta.record(), delta.wanted()));
            verified.commit();
        } while (!waiting.isEmpty() && waiting.size() < before);
        landed.run();
    }

    @Override
    public void receive(byte[] bytes, Fetching fetching) {
        takeApart(bytes, fetching);
        fetch();
    }

    private void takeApart(byte[] bytes, Fetching fetching) {
        fetching.came(bytes);
        if (fetching.isRefusedMeanwhile(bytes)) {
            fetching.unusable = true;
            return;
        }
        SealedRecord record;
        try {
            record = SealedRecord.parse(bytes, PageIntake.WHERE, pages::children);
        } catch (MissingObjectsException e) {
            counts.received(RecordHeader.outline(bytes, PageIntake.WHERE).kind(), bytes.length);
            helpers.await(bytes, e.ids(), fetching);
            return;
        } catch (CorruptDataException | VersionMismatchException e) {
            helpers.refuse(bytes, e, fetching);
            return;
        }
        List<ProvidedObject> provided = record.header().provided();
        fetching.require(provided);
        Set<ObjectId> wanted = new LinkedHashSet<>();
        for (ProvidedObject object : provided) {
            fetching.outstanding.remove(object.id());
            if (lacking.contains(object.id())) {
                wanted.add(object.id());
            }
        }
        counts.received(record.header().kind(), bytes.length);
        counts.excess(bytes.length, wanted.size(), provided.size());
        if (!wanted.isEmpty()) { // Else it was sent for the sake of something that another record brought too.
            fetching.useful |= take(record, wanted);
        }
        counts.estimate();
    }

    /**
     * Verifies a record of chunks and stages it; a delta whose bases lack waits for them.
     *
     * @return false if nothing of it is kept
     */
    private boolean take(SealedRecord record, Set<ObjectId> wanted) {
        RecordHeader header = record.header();
        try {
            if (header.kind().provides() != ObjectType.CHUNK) {
                throw new CorruptDataException(PageIntake.WHERE, "chunks", "a record of " + header.kind());
            }
            List<ObjectId> bases = basesLacking(record);
            if (!bases.isEmpty()) {
                return await(record, wanted, bases);
            }
            OpenedRecord opened = replica.sealer().open(record, PageIntake.WHERE, pages::base);
            opened.verify();
            header.provided().forEach(object -> lacking.remove(object.id()));
            boolean isKept = store.missing(header.pages()).isEmpty() && !isTooDeep(store, header);
            List<ObjectId> ids =
                    header.provided().stream().map(ProvidedObject::id).toList();
            verified.add(isKept ? record : replica.sealer().resealPart(opened, ids));
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            // Its objects are still lacking: they are asked for again, of another provider.
            refusals.add(record.bytes(), e);
            store.missing(wanted).stream().filter(id -> !verified.isStaged(id)).forEach(lacking::add);
        }
        return true;
    }

    /** What a delta builds on and neither this side nor the supply has. */
    private List<ObjectId> basesLacking(SealedRecord record) {
        RecordHeader header = record.header();
        if (header.bases().stream().anyMatch(verified::isStaged)) {
            verified.commit();
        }
        List<ObjectId> bases = store.missing(header.bases());
        if (bases.isEmpty()) {
            return bases;
        }
        DamagedPages.authenticate(replica.sealer(), record.bytes());
        takeFromSupply(bases);
        if (bases.stream().noneMatch(verified::isStaged)) {
            return bases;
        }
        verified.commit();
        return store.missing(bases);
    }

    /** Whether this store would not take a delta, since its bases are deeper here than where it comes from. */
    static boolean isTooDeep(ObjectStore store, RecordHeader header) {
        return header.bases().stream().anyMatch(base -> store.depth(base) >= Admission.DEPTH_MAX);
    }

    /** Asks for what a delta builds on, before everything else; whether there is room for it to wait. */
    private boolean await(SealedRecord record, Set<ObjectId> wanted, List<ObjectId> bases) {
        boolean isHeld = waiting.hold(record, wanted);
        if (isHeld) {
            record.header().provided().forEach(object -> lacking.remove(object.id()));
        }
        // What is asked for already keeps its place: bases of bases stand before them.
        Set<ObjectId> first = new LinkedHashSet<>(bases);
        first.removeAll(lacking);
        first.removeIf(waiting::provides);
        basesFirst |= !first.isEmpty();
        first.addAll(lacking);
        if (first.size() > LACKING_MAX) {
            throw new RemoteException.PeerMisbehaved("deltas that build on deltas without an end", null);
        }
        lacking = first;
        return isHeld;
    }
}
