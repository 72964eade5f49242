package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Objects in memory, named by plain SHA-256: stands in for a repository. Counts what is read and what is new. */
public final class HeapObjects implements ObjectSink, ObjectSource {

    private final Map<ObjectId, PlainObject> objects = new HashMap<>();
    final Set<ObjectId> read = new HashSet<>();
    int fresh;
    long freshBytes;

    @Override
    public ObjectId put(PlainObject object) {
        ObjectId id = idOf(object);
        boolean isBranch = object.type() == ObjectType.NODE && object.body()[2] > 0;
        if (isBranch) {
            object.nodeChildren().forEach(this::requirePresent);
        }
        if (objects.putIfAbsent(id, object) == null) {
            fresh++;
            freshBytes += object.plainBytes().length;
        }
        return id;
    }

    private void requirePresent(ObjectId child) {
        if (!objects.containsKey(child)) {
            throw new IllegalStateException("a parent before its child " + child);
        }
    }

    @Override
    public PlainObject read(ObjectId id, ObjectType type) {
        PlainObject object = objects.get(id);
        if (object == null || object.type() != type) {
            throw new CorruptDataException("object " + id, "a " + type, "none");
        }
        read.add(id);
        return object;
    }

    /** Puts an object under an id that is not its own. */
    public void replace(ObjectId id, PlainObject object) {
        objects.put(id, object);
    }

    /** How many objects there are. */
    public int size() {
        return objects.size();
    }

    /** How many different objects were read since the counts were reset. */
    public int readCount() {
        return read.size();
    }

    public void resetCounts() {
        read.clear();
        fresh = 0;
        freshBytes = 0;
    }

    static ObjectId idOf(PlainObject object) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((byte) object.type().code());
            return ObjectId.of(digest.digest(object.plainBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
