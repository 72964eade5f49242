package dev.cairn.cas.gc;

/** Hears how far a collection has come. Called on its thread; must be quick. */
public interface CollectionProgress {

    /** Hears nothing. */
    CollectionProgress NONE = new CollectionProgress() {};

    /** An object was found to be reachable. */
    default void marked() {}

    /** So many objects were removed. */
    default void removed(long objects) {}

    /** So many bytes of live records were copied out of volumes that go. */
    default void copied(long bytes) {}
}
