package dev.cairn.replicator;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.SealedRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What pages of a window of a pull refer to and build on: other pages of the window, pages that were fetched for that alone, and what is
 * stored.
 *
 * <p>Memory: the headers of a window, and the pages that help. Not thread-safe.
 */
final class PageBases {

    private final Replica replica;

    /** Pages of the window by what their headers say. */
    private final Map<ObjectId, ProvidedObject> windowPages = new HashMap<>();

    private final Map<ObjectId, SealedRecord> windowRecords = new HashMap<>();

    /** Pages that only serve to open others. */
    private final Map<ObjectId, PlainObject> helpers = new HashMap<>();

    PageBases(Replica replica) {
        this.replica = replica;
    }

    /** Forgets the pages that help. */
    void clear() {
        helpers.clear();
    }

    /** Forgets the window. */
    void beginWindow() {
        windowPages.clear();
        windowRecords.clear();
    }

    /** Adds those pages of a record that are due with it. */
    void addToWindow(SealedRecord record, int[] due) {
        for (int ordinal : due) {
            ProvidedObject page = record.header().provided().get(ordinal);
            windowPages.put(page.id(), page);
            windowRecords.put(page.id(), record);
        }
    }

    /**
     * Adds a page that helps.
     *
     * @throws CorruptDataException if it is no page
     */
    void addHelper(ObjectId id, PlainObject helper) {
        if (helper.type() != ObjectType.NODE) {
            throw new CorruptDataException(PageIntake.WHERE, "a page", "a " + helper.type());
        }
        helpers.put(id, helper);
    }

    /** How many pages help. */
    int helpers() {
        return helpers.size();
    }

    /** The children of a page of the window, of one that helps, or of one that is stored. */
    List<ObjectId> children(ObjectId page) {
        ProvidedObject inWindow = windowPages.get(page);
        if (inWindow != null) {
            return ChildSource.of(inWindow);
        }
        PlainObject helper = helpers.get(page);
        return helper == null ? replica.store().children(page) : ChildSource.of(helper);
    }

    /** What deltas of pages build on. */
    PlainObject base(ObjectId id, ObjectType type) {
        PlainObject helper = type == ObjectType.NODE ? helpers.get(id) : null;
        if (helper != null) {
            return helper;
        }
        SealedRecord inWindow = type == ObjectType.NODE && !replica.store().has(id) ? windowRecords.get(id) : null;
        return inWindow == null
                ? replica.objects().read(id, type)
                : replica.sealer().open(inWindow, PageIntake.WHERE, this::base).object(id);
    }
}
