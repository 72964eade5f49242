package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.util.HashSet;
import java.util.Set;

/** Objects of a repository of which some cannot be read any more. */
final class DamagedObjects implements ObjectSource {

    private final ObjectSource objects;
    private final Set<ObjectId> damaged = new HashSet<>();

    DamagedObjects(ObjectSource objects) {
        this.objects = objects;
    }

    /** From now on this one cannot be read. */
    void damage(ObjectId id) {
        damaged.add(id);
    }

    /** All can be read again. */
    void mend() {
        damaged.clear();
    }

    @Override
    public PlainObject read(ObjectId id, ObjectType type) {
        if (damaged.contains(id)) {
            throw new CorruptDataException("record of " + id, "the digest that was stored", "another one");
        }
        return objects.read(id, type);
    }
}
