package dev.cairn.cas;

/**
 * Where plain objects are written to, bottom-up: the children of an object go in before it. What was put is durable only
 * once the owner of the sink says so.
 */
@FunctionalInterface
public interface ObjectSink {

    /** Takes an object, unless the store has it already, and returns its id. The object must not be changed afterwards. */
    ObjectId put(PlainObject object);
}
