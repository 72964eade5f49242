package dev.cairn.server;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.cas.file.FolderTree;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The repositories of a data folder: opened when they are first asked for, closed when nobody has asked for a while, or to
 * make room. Each stands for itself: one that is damaged, or slow to open, holds up nobody who asks for another.
 *
 * <p>Thread-safe. Opening, making and closing block on I/O.
 */
final class RepositoryShelf implements AutoCloseable {

    private final DataFolder folder;
    private final StoreOpener stores;
    private final LongSupplier nanoClock;
    private final ServerLimits limits;

    /** Guards all counts and times of the entries. */
    private final Map<RepositoryName, Entry> entries = new HashMap<>();

    /** Repositories whose index was looked at, page by page, since the server began: before the first use of each. */
    private final Set<RepositoryName> sound = ConcurrentHashMap.newKeySet();

    private boolean closed;

    /** A repository that is open, or about to be. Its monitor is held while it is opened. */
    private static final class Entry {
        private final RepositoryName name;
        private final PushSessions pushes;
        private volatile @Nullable ObjectStore store;
        private int users;
        private long lastUsed;

        Entry(RepositoryName name, PushSessions pushes) {
            this.name = name;
            this.pushes = pushes;
        }
    }

    /** The use of an open repository: it stays open until this is closed. */
    final class Lease implements AutoCloseable {
        private final Entry entry;
        private final ObjectStore store;
        private final AtomicBoolean ended = new AtomicBoolean();

        private Lease(Entry entry, ObjectStore store) {
            this.entry = entry;
            this.store = store;
        }

        ObjectStore store() {
            return store;
        }

        /** The store as a push sees it, for one request. To be closed before this lease. */
        PushSessions.Use push(PushId push) {
            return entry.pushes.use(store, push);
        }

        /** A push is complete. */
        void endPush(PushId push) {
            entry.pushes.end(push);
        }

        /** Idempotent; does not block. */
        @Override
        public void close() {
            if (ended.compareAndSet(false, true)) {
                giveBack(entry);
            }
        }
    }

    RepositoryShelf(DataFolder folder, StoreOpener stores, LongSupplier nanoClock, ServerLimits limits) {
        this.folder = folder;
        this.stores = stores;
        this.nanoClock = nanoClock;
        this.limits = limits;
    }

    /**
     * Opens a repository.
     *
     * @throws ProblemException if there is none of that name, or it cannot be opened
     */
    Lease open(RepositoryName name) {
        return lease(name, () -> {
            Path place = folder.repository(name);
            if (!Files.isDirectory(place)) {
                throw noRepository();
            }
            return openSound(name, place);
        });
    }

    /**
     * Opens a repository, which is made if there is none of that name. One that is there is opened whatever its id: the caller
     * compares.
     */
    Lease openOrMake(RepositoryName name, RepositoryId id, byte[] configuration) {
        return lease(name, () -> {
            Path place = folder.repository(name);
            if (!Files.isDirectory(place)) {
                make(name, id, configuration);
            }
            return openSound(name, place);
        });
    }

    /** What is damaged in one repository must not end the server, and with it the service of all others. */
    private ObjectStore openSound(RepositoryName name, Path place) {
        if (!sound.contains(name)) {
            stores.requireSound(place);
            sound.add(name);
        }
        return stores.open(place);
    }

    static ProblemException noRepository() {
        return new ProblemException(
                Problem.of(ProblemCode.NO_REPOSITORY, "no repository of that name", "Push to it to make it."));
    }

    private interface Opening {
        ObjectStore open();
    }

    private Lease lease(RepositoryName name, Opening opening) {
        Entry entry = checkOut(name);
        try {
            ObjectStore store = entry.store;
            if (store == null) {
                synchronized (entry) {
                    store = entry.store;
                    if (store == null) {
                        makeRoom();
                        store = opening.open();
                        entry.store = store;
                    }
                }
            }
            return new Lease(entry, store);
        } catch (Throwable e) {
            giveBack(entry);
            throw e;
        }
    }

    private Entry checkOut(RepositoryName name) {
        synchronized (entries) {
            if (closed) {
                throw new ProblemException(Problem.busy("the server is stopping", 1));
            }
            Entry entry = entries.computeIfAbsent(
                    name,
                    missing -> new Entry(
                            missing, new PushSessions(nanoClock, limits.pushIdle(), limits.pushesPerRepository())));
            entry.users++;
            return entry;
        }
    }

    private void giveBack(Entry entry) {
        synchronized (entries) {
            entry.users--;
            entry.lastUsed = nanoClock.getAsLong();
            if (entry.users == 0 && entry.store == null) {
                entries.remove(entry.name, entry);
            }
            entries.notifyAll();
        }
    }

    /** Made aside and renamed when it is whole: a server that dies meanwhile leaves no repository behind. */
    private void make(RepositoryName name, RepositoryId id, byte[] configuration) {
        Path tenant = folder.tenant(name.tenant());
        if (!Files.isDirectory(tenant)) {
            throw new ProblemException(Problem.of(
                    ProblemCode.NO_REPOSITORY,
                    "the server has no tenant '%s'".formatted(name.tenant()),
                    "Have it added on the server: 'cairn tenant add'."));
        }
        if (folder.tenants().repositories(name.tenant()).size() >= limits.repositoriesPerTenant()) {
            throw new ProblemException(Problem.of(
                    ProblemCode.FULL,
                    "the tenant has %d repositories, and that is the most".formatted(limits.repositoriesPerTenant()),
                    "Remove one on the server."));
        }
        Path aside = tenant.resolve(".new-" + HexFormat.of().formatHex(Secrets.random(8)));
        try {
            DurableFile.makeOwnFolder(aside);
            try (ObjectStore store = stores.create(aside, id)) {
                store.configure(0, configuration);
            }
            Path place = folder.repository(name);
            Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
            DurableFile.syncName(place);
        } catch (IOException e) {
            throw new StoreAccessException("cannot make repository " + name + ": " + e.getMessage(), "", e);
        } finally {
            removeQuietly(aside);
        }
    }

    /** Removes what an interrupted start or making left behind. Only for a server that has just locked the folder. */
    void removeUnfinished() throws IOException {
        for (String tenant : folder.tenants().names()) {
            try (Stream<Path> children = Files.list(folder.tenant(tenant))) {
                children.filter(child -> String.valueOf(child.getFileName()).startsWith(".new-"))
                        .forEach(RepositoryShelf::removeQuietly);
            }
        }
    }

    private static void removeQuietly(Path tree) {
        try {
            FolderTree.deleteIfExists(tree);
        } catch (IOException e) {
            System.getLogger(RepositoryShelf.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot remove {0}: {1}", tree, e.getMessage());
        }
    }

    private void makeRoom() {
        Entry oldest = null;
        synchronized (entries) {
            long open = entries.values().stream()
                    .filter(entry -> entry.store != null)
                    .count();
            if (open < limits.openRepositories()) {
                return;
            }
            for (Entry entry : entries.values()) {
                if (entry.users == 0
                        && entry.store != null
                        && (oldest == null || entry.lastUsed - oldest.lastUsed < 0)) {
                    oldest = entry;
                }
            }
            if (oldest == null) {
                throw new ProblemException(Problem.busy("all repositories that may be open are in use", 2));
            }
            entries.remove(oldest.name);
        }
        close(oldest);
    }

    /** Ends pushes of which nothing was heard for a while, and closes what nobody has used for a while and no push needs. */
    void closeIdle() {
        long idleNanos = limits.repositoryIdle().toNanos();
        List<Entry> idle = new ArrayList<>();
        List<Entry> all;
        synchronized (entries) {
            all = List.copyOf(entries.values());
        }
        all.forEach(entry -> entry.pushes.endIdle());
        synchronized (entries) {
            long now = nanoClock.getAsLong();
            entries.values().removeIf(entry -> {
                boolean isIdle = entry.users == 0
                        && entry.store != null
                        && now - entry.lastUsed >= idleNanos
                        && entry.pushes.isEmpty();
                if (isIdle) {
                    idle.add(entry);
                }
                return isIdle;
            });
        }
        idle.forEach(RepositoryShelf::close);
    }

    int openCount() {
        synchronized (entries) {
            return (int) entries.values().stream()
                    .filter(entry -> entry.store != null)
                    .count();
        }
    }

    /** Lets no more in, waits a while for those who use a repository, then closes all that nobody uses. */
    @Override
    public void close() {
        List<Entry> all;
        synchronized (entries) {
            closed = true;
            long deadline = System.nanoTime() + limits.closing().toNanos();
            boolean interrupted = false;
            while (!interrupted && entries.values().stream().anyMatch(entry -> entry.users > 0)) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    break;
                }
                try {
                    entries.wait(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    interrupted = true;
                }
            }
            all = entries.values().stream().filter(entry -> entry.users == 0).toList();
            entries.clear();
        }
        all.forEach(RepositoryShelf::close);
    }

    private static void close(Entry entry) {
        entry.pushes.close();
        ObjectStore store = entry.store;
        if (store == null) {
            return;
        }
        try {
            store.close();
        } catch (StoreException e) {
            System.getLogger(RepositoryShelf.class.getName())
                    .log(System.Logger.Level.WARNING, "closing {0}: {1}", entry.name, e.getMessage());
        }
    }
}
