package dev.cairn.cas.repository;

import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.memory.InMemoryObjectStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Stores on the heap that live on after they are closed, found again by a file in their folder, wherever it moves. */
final class MemoryStorage implements Storage {

    private final Map<String, ObjectStore> stores = new ConcurrentHashMap<>();
    private final AtomicInteger made = new AtomicInteger();
    private boolean full;

    /** From now on nothing can be made. */
    void fail() {
        full = true;
    }

    @Override
    public ObjectStore create(Path folder, RepositoryId repository, OpenOptions options) {
        try {
            Files.createDirectories(folder);
            if (full) {
                throw new dev.cairn.cas.StoreFullException(folder.toString(), 0, null);
            }
            String name = "store " + made.incrementAndGet();
            stores.put(name, new InMemoryObjectStore(repository));
            Files.writeString(folder.resolve("index"), name);
            return open(folder, options);
        } catch (IOException e) {
            throw new StoreAccessException("cannot write " + folder, "", e);
        }
    }

    @Override
    public ObjectStore open(Path folder, OpenOptions options) {
        try {
            ObjectStore store = stores.get(Files.readString(folder.resolve("index")));
            if (store != null) {
                return unclosed(store);
            }
        } catch (IOException e) {
            // No such file: no repository.
        }
        throw new NoRepositoryException(folder.toString(), "");
    }

    /** The same store, which a close leaves open. */
    private static ObjectStore unclosed(ObjectStore store) {
        return (ObjectStore) Proxy.newProxyInstance(
                MemoryStorage.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (java.lang.reflect.InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }
}
