package dev.cairn.server;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import java.nio.file.Path;

/** How object stores are made and opened. All methods block on I/O and throw {@link dev.cairn.cas.StoreException}s. */
interface StoreOpener {

    /** Stores on disk. */
    StoreOpener LMDB = new StoreOpener() {
        @Override
        public ObjectStore create(Path folder, RepositoryId id) {
            return LmdbObjectStore.create(folder, id, LmdbObjectStore.Options.DEFAULT);
        }

        @Override
        public ObjectStore open(Path folder) {
            return LmdbObjectStore.open(folder, LmdbObjectStore.Options.DEFAULT);
        }

        @Override
        public void requireSound(Path folder) {
            LmdbObjectStore.requireSoundIndex(folder);
        }
    };

    /** Makes an empty store in {@code folder}, which is not there yet, and opens it. */
    ObjectStore create(Path folder, RepositoryId id);

    /** Makes sure that opening the store in {@code folder}, and using it, cannot end the process. May take seconds. */
    default void requireSound(Path folder) {}

    /** Opens the store in {@code folder}. */
    ObjectStore open(Path folder);
}
