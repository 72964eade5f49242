package dev.cairn.cas.repository;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import java.nio.file.Path;

/** Where a replica's store comes from: the seam that tests put another store behind. */
interface Storage {

    /** Makes an empty store in a folder that is not there, or empty. */
    ObjectStore create(Path folder, RepositoryId repository, OpenOptions options);

    /** Opens the store of a folder. */
    ObjectStore open(Path folder, OpenOptions options);

    /** Stores on LMDB. */
    static Storage lmdb() {
        return new Storage() {
            @Override
            public ObjectStore create(Path folder, RepositoryId repository, OpenOptions options) {
                return LmdbObjectStore.create(folder, repository, lmdbOptions(options));
            }

            @Override
            public ObjectStore open(Path folder, OpenOptions options) {
                return LmdbObjectStore.open(folder, lmdbOptions(options));
            }
        };
    }

    /** What LMDB is told. */
    static LmdbObjectStore.Options lmdbOptions(OpenOptions options) {
        return LmdbObjectStore.Options.DEFAULT
                .withLockWait(options.lockWait())
                .withReadOnly(options.readOnly())
                .withNetworkFileSystem(options.networkFileSystem());
    }
}
