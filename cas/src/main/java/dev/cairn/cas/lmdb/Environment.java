package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Meta;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * An open LMDB environment: the one class, beside {@link Faults}, that knows lmdbjava. Whoever opens one has checked the file
 * first ({@link MetaPages}, {@link PageWalk}), because LMDB believes what it reads.
 *
 * <p>Plain mode: every commit is synced, no flag weakens that. Read transactions are not bound to threads (MDB_NOTLS) and
 * are kept for reuse; at most {@value #READERS} run at once, more wait.
 *
 * <p>Threading: {@link #read} from any thread, one write transaction at a time. {@link #close} waits for readers.
 */
final class Environment implements AutoCloseable {

    private static final int READERS = 32;

    /** Slots of the table of readers that all processes share. */
    private static final int READER_SLOTS = 1024;

    private static final int FILE_MODE = 0600;
    private static final int KEY_BYTES_MAX = 511;

    /** The tables of the index. */
    static final Set<Table> INDEX_TABLES = EnumSet.complementOf(EnumSet.of(Table.CONTAINERS));

    /** Tables that the first indexes did not have. */
    private static final Set<Table> LATER_TABLES = EnumSet.of(Table.NOTES, Table.CONDEMNED, Table.SPARED);

    private final Path file;
    private final Env<ByteBuffer> env;
    private final Map<Table, Dbi<ByteBuffer>> tables = new EnumMap<>(Table.class);
    private final Semaphore permits = new Semaphore(READERS);
    private final ConcurrentLinkedDeque<Transaction> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /** How to open. {@code LOCK_FREE} is for folders where no lock file can be written: nobody may write meanwhile. */
    enum Mode {
        CREATE,
        WRITE,
        READ,
        LOCK_FREE,
        /** For what is thrown away afterwards: nothing is synced, nobody else opens it. */
        SCRATCH
    }

    private Environment(Path file, Env<ByteBuffer> env) {
        this.file = file;
        this.env = env;
    }

    /** Loads LMDB and the calls into it, which the first opening would do. */
    static void loadLibrary() {
        Meta.version();
    }

    /**
     * Opens the index in {@code folder}. Takes the largest map, at most {@code mapBytes}, that the address space has room for.
     */
    static Environment index(Path folder, long mapBytes, Mode mode) {
        return openWithin(folder, mapBytes, mode, INDEX_TABLES);
    }

    /** Opens a file that is thrown away afterwards, with one table, that of a volume; its map is chosen as that of an index. */
    static Environment scratch(Path file, long mapBytes) {
        return openWithin(file, mapBytes, Mode.SCRATCH, Set.of(Table.CONTAINERS));
    }

    private static Environment openWithin(Path file, long mapBytes, Mode mode, Set<Table> names) {
        for (long bytes = mapBytes; ; bytes /= 4) {
            try {
                return open(file, bytes, mode, names);
            } catch (LmdbException e) {
                if (!Faults.isOutOfAddresses(e) || bytes / 4 < (1L << 30)) {
                    throw Faults.of(e, file);
                }
            }
        }
    }

    /** Opens the volume {@code file}. */
    static Environment volume(Path file, long mapBytes, Mode mode) {
        try {
            return open(file, mapBytes, mode, Set.of(Table.CONTAINERS));
        } catch (LmdbException e) {
            throw Faults.of(e, file);
        }
    }

    private static Environment open(Path file, long mapBytes, Mode mode, Set<Table> names) {
        List<EnvFlags> flags = new ArrayList<>(List.of(EnvFlags.MDB_NOTLS));
        flags.add(names.contains(Table.CONTAINERS) ? EnvFlags.MDB_NOSUBDIR : EnvFlags.MDB_NORDAHEAD);
        switch (mode) {
            case CREATE, WRITE -> {}
            case SCRATCH -> flags.addAll(List.of(EnvFlags.MDB_NOSYNC, EnvFlags.MDB_NOMETASYNC, EnvFlags.MDB_NOLOCK));
            case READ -> flags.add(EnvFlags.MDB_RDONLY_ENV);
            case LOCK_FREE -> flags.addAll(List.of(EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOLOCK));
        }
        boolean hasLocks = mode != Mode.LOCK_FREE && mode != Mode.SCRATCH;
        if (hasLocks) {
            LockFile.require(lockOf(file));
        }
        Env<ByteBuffer> env = Env.create()
                .setMapSize(mapBytes)
                .setMaxDbs(INDEX_TABLES.size())
                .setMaxReaders(READER_SLOTS)
                .open(file.toFile(), FILE_MODE, flags.toArray(EnvFlags[]::new));
        Environment environment = new Environment(file, env);
        try {
            if (hasLocks) {
                env.readerCheck();
            }
            environment.openTables(names, mode);
            return environment;
        } catch (RuntimeException e) {
            environment.close();
            throw e;
        }
    }

    /** Where LMDB keeps the locks of the environment {@code file}: a volume's file, or the index's folder. */
    static Path lockOf(Path file) {
        return Files.isDirectory(file) ? file.resolve("lock.mdb") : file.resolveSibling(file.getFileName() + "-lock");
    }

    /**
     * An index that was made before a table was thought of gets it when it is opened to be written; until then it is empty. Whoever opens
     * one that has all its tables does not wait for a process that writes, which may take as long as it likes.
     */
    private void openTables(Set<Table> names, Mode mode) {
        if (mode == Mode.CREATE) {
            openTables(names, true);
            return;
        }
        openTables(names, false);
        if (mode == Mode.WRITE && !tables.keySet().containsAll(names)) {
            openTables(names, true);
        }
    }

    private void openTables(Set<Table> names, boolean create) {
        try (Txn<ByteBuffer> txn = create ? env.txnWrite() : env.txnRead()) {
            for (Table table : names) {
                byte[] bytes = name(table);
                DbiFlags[] flags = create && bytes != null ? new DbiFlags[] {DbiFlags.MDB_CREATE} : new DbiFlags[0];
                try {
                    tables.put(table, env.openDbi(txn, bytes, null, false, flags));
                } catch (Dbi.KeyNotFoundException e) {
                    if (!LATER_TABLES.contains(table)) {
                        throw e;
                    }
                }
            }
            txn.commit();
        }
    }

    private static byte @Nullable [] name(Table table) {
        String name = table.lmdbName();
        return name == null ? null : name.getBytes(StandardCharsets.US_ASCII);
    }

    /** Runs {@code reading} on the newest committed state. Do not nest. */
    <R extends @Nullable Object> R read(Function<ReadView, R> reading) {
        permits.acquireUninterruptibly();
        try {
            requireOpen();
            Transaction transaction = borrow();
            boolean whole = false;
            try {
                R result = reading.apply(transaction);
                whole = true;
                return result;
            } finally {
                giveBack(transaction, whole);
            }
        } catch (LmdbException e) {
            throw Faults.of(e, file);
        } finally {
            permits.release();
        }
    }

    private Transaction borrow() {
        Transaction transaction = idle.pollFirst();
        if (transaction == null) {
            return new Transaction(env.txnRead());
        }
        try {
            transaction.txn.renew();
            return transaction;
        } catch (LmdbException e) {
            transaction.txn.close();
            throw e;
        }
    }

    private void giveBack(Transaction transaction, boolean whole) {
        if (whole) {
            transaction.txn.reset();
            idle.addFirst(transaction);
        } else {
            transaction.txn.close();
        }
    }

    /** Begins the write transaction; waits while another process has one. */
    WriteView write() {
        requireOpen();
        try {
            return new Transaction(env.txnWrite());
        } catch (LmdbException e) {
            throw Faults.of(e, file);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
    }

    @Override
    public void close() {
        permits.acquireUninterruptibly(READERS);
        try {
            if (!closed) {
                closed = true;
                idle.forEach(transaction -> transaction.txn.close());
                env.close();
            }
        } finally {
            permits.release(READERS);
        }
    }

    private final class Transaction implements WriteView {

        private final Txn<ByteBuffer> txn;
        private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(KEY_BYTES_MAX);
        private @Nullable ByteBuffer valueBuffer;

        Transaction(Txn<ByteBuffer> txn) {
            this.txn = txn;
        }

        @Override
        public @Nullable ByteBuffer get(Table table, byte[] key) {
            if (isMissing(table)) {
                return null;
            }
            try {
                ByteBuffer value = dbi(table).get(txn, direct(key));
                return value == null ? null : value.order(ByteOrder.BIG_ENDIAN);
            } catch (LmdbException e) {
                throw Faults.of(e, file);
            }
        }

        @Override
        public void scan(Table table, byte @Nullable [] from, RowVisitor visitor) {
            if (isMissing(table)) {
                return;
            }
            try (Cursor<ByteBuffer> cursor = dbi(table).openCursor(txn)) {
                boolean found = from == null ? cursor.first() : cursor.get(direct(from), GetOp.MDB_SET_RANGE);
                while (found
                        && visitor.row(
                                cursor.key().order(ByteOrder.BIG_ENDIAN),
                                cursor.val().order(ByteOrder.BIG_ENDIAN))) {
                    found = cursor.next();
                }
            } catch (LmdbException e) {
                throw Faults.of(e, file);
            }
        }

        @Override
        public long entries(Table table) {
            return isMissing(table) ? 0 : dbi(table).stat(txn).entries;
        }

        @Override
        public long transaction() {
            return txn.getId();
        }

        @Override
        public void put(Table table, byte[] key, byte[] value) {
            try {
                dbi(table).put(txn, direct(key), directValue(value));
            } catch (LmdbException e) {
                throw Faults.of(e, file);
            }
        }

        @Override
        public ByteBuffer append(Table table, byte[] key, int valueBytes) {
            try {
                return dbi(table)
                        .reserve(txn, direct(key), valueBytes, PutFlags.MDB_APPEND)
                        .order(ByteOrder.BIG_ENDIAN);
            } catch (Dbi.KeyExistsException e) {
                throw CorruptDataException.because(file.toString(), "a container with a higher key is there", e);
            } catch (LmdbException e) {
                throw Faults.of(e, file);
            }
        }

        @Override
        public void delete(Table table, byte[] key) {
            try {
                dbi(table).delete(txn, direct(key));
            } catch (LmdbException e) {
                throw Faults.of(e, file);
            }
        }

        @Override
        public void commit() {
            try {
                txn.commit();
            } catch (LmdbException e) {
                throw Faults.of(e, file);
            }
        }

        @Override
        public void close() {
            txn.close();
        }

        private boolean isMissing(Table table) {
            return LATER_TABLES.contains(table) && !tables.containsKey(table);
        }

        private Dbi<ByteBuffer> dbi(Table table) {
            Dbi<ByteBuffer> dbi = tables.get(table);
            if (dbi == null) {
                throw new IllegalArgumentException(file + " has no table " + table);
            }
            return dbi;
        }

        private ByteBuffer direct(byte[] key) {
            if (key.length == 0 || key.length > KEY_BYTES_MAX) {
                throw new IllegalArgumentException("not a key: " + Arrays.toString(key));
            }
            return keyBuffer.clear().put(key).flip();
        }

        private ByteBuffer directValue(byte[] value) {
            ByteBuffer buffer = valueBuffer;
            if (buffer == null || buffer.capacity() < value.length) {
                buffer = ByteBuffer.allocateDirect(Math.max(256, value.length));
                valueBuffer = buffer;
            }
            return buffer.clear().put(value).flip();
        }
    }
}
