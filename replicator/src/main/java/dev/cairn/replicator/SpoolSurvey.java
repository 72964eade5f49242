package dev.cairn.replicator;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the chunks that spooled pages name and a store lacks, from clear headers alone: nothing is opened, and nothing is believed
 * further than a count.
 *
 * <p>Where a header names ids by their places in a page that came long before and is not stored, they are not counted: the count is
 * then too low. Where there are more than {@value #CHUNKS_MAX} chunks, some may be counted twice. Memory: the ids of these, and of the
 * children of pages that came last, at most {@value #CHILDREN_MAX}.
 */
final class SpoolSurvey {

    private static final int CHUNKS_MAX = 1 << 19;
    private static final int CHILDREN_MAX = 1 << 18;

    private final ObjectStore store;
    private final IdSet seen = new IdSet(CHUNKS_MAX);

    /** Children of the pages that came last, the oldest first. */
    private final Map<ObjectId, List<ObjectId>> pages = new LinkedHashMap<>();

    private int children;

    SpoolSurvey(ObjectStore store) {
        this.store = store;
    }

    /**
     * Reads a spool from its beginning.
     *
     * @throws RemoteException.PeerMisbehaved if a header is none
     */
    long chunksLacking(PageSpool spool) {
        long lacking = 0;
        spool.rewind();
        try {
            for (PageSpool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
                lacking += chunksLacking(entry);
            }
        } catch (IOException e) {
            throw PullSession.spoolFailed(e);
        } catch (CorruptDataException | VersionMismatchException e) {
            throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
        }
        return lacking;
    }

    private long chunksLacking(PageSpool.Entry entry) {
        SealedRecord record;
        try {
            record = SealedRecord.parse(entry.record(), PageIntake.WHERE, this::childrenOf);
        } catch (MissingObjectsException e) {
            return 0;
        }
        List<ObjectId> fresh = new ArrayList<>();
        for (int ordinal : entry.due()) {
            ProvidedObject page = record.header().provided().get(ordinal);
            remember(page.id(), ChildSource.of(page));
            page.chunkChildren().stream().filter(seen::add).forEach(fresh::add);
        }
        return store.missing(fresh).size();
    }

    private List<ObjectId> childrenOf(ObjectId page) {
        List<ObjectId> known = pages.get(page);
        return known == null ? store.children(page) : known;
    }

    private void remember(ObjectId page, List<ObjectId> itsChildren) {
        List<ObjectId> before = pages.put(page, itsChildren);
        children += itsChildren.size() - (before == null ? 0 : before.size());
        Iterator<List<ObjectId>> oldest = pages.values().iterator();
        while (children > CHILDREN_MAX && oldest.hasNext()) {
            children -= oldest.next().size();
            oldest.remove();
        }
    }
}
