package dev.cairn.server;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import java.nio.file.Path;

/** Stores on disk that a test watches. The watcher may be changed while they are open. */
final class WatchedStores implements StoreOpener {

    private volatile WatchedStore.Watcher watcher = WatchedStore.Watcher.NONE;

    void watch(WatchedStore.Watcher newWatcher) {
        watcher = newWatcher;
    }

    @Override
    public ObjectStore create(Path folder, RepositoryId id) {
        return watched(StoreOpener.LMDB.create(folder, id));
    }

    @Override
    public ObjectStore open(Path folder) {
        return watched(StoreOpener.LMDB.open(folder));
    }

    private ObjectStore watched(ObjectStore store) {
        return new WatchedStore(store, () -> watcher);
    }
}
