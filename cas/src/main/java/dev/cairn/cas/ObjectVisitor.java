package dev.cairn.cas;

import java.util.List;

/** Sees every id of a store's index, in the order of ids. May throw to stop; the exception reaches the caller. */
public interface ObjectVisitor {

    /** An object and who provides it, the best first. */
    void object(ObjectId id, ObjectType type, List<RecordRef> providers);

    /** A row that is not what was stored. The walk goes on with the next one. */
    void damaged(CorruptDataException damage);
}
