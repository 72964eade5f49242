package dev.cairn.cas.lmdb;

import dev.cairn.cas.Collectable.OpenSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions on a replica, of all processes. Each is a file in {@code sessions/} with a lock of the operating system on it, so
 * that it ends with its process.
 *
 * <h2>Order</h2>
 *
 * A session makes its file, locks it, sees that it is still there, and only then reads the epoch of collection. A collector
 * condemns, which raises the epoch, and then lists the files. So a session that read the older epoch had its file locked before the
 * list was made, and is found. A file without an epoch yet counts as old. A file that nobody has locked is of a process that is
 * gone, and is removed; where it is one that is just being made, its maker sees that it is gone and makes another.
 *
 * <p>A process must not open and close files that it has locked itself: that gives its locks up. Its own sessions are kept in
 * memory as well, and their files passed over.
 *
 * <p>Format of a file: epoch 8, then a text for people; empty while it is being made. Threading: from any thread.
 */
final class StoreSessions {

    /** A listing reads no more of a file. */
    private static final int FILE_BYTES_MAX = 512;

    private static final int TRIES = 100;
    private static final String SUFFIX = ".session";
    private static final long UNKNOWN = -1;

    private final Path folder;
    private final SecureRandom random = new SecureRandom();

    /** Those of this process, by the names of their files. Guarded by itself. */
    private final Map<String, Own> own = new LinkedHashMap<>();

    /** A session of this process. */
    private static final class Own {
        private final String where;
        private volatile long epoch = UNKNOWN;
        private @Nullable FileChannel channel;

        Own(String where) {
            this.where = where;
        }
    }

    /** A session that has begun. */
    final class Begun implements AutoCloseable {
        private final String name;
        private final long epoch;

        private Begun(String name, long epoch) {
            this.name = name;
            this.epoch = epoch;
        }

        /** What was condemned in this epoch or before it must not be relied on. */
        long epoch() {
            return epoch;
        }

        /** Idempotent. */
        @Override
        public void close() {
            end(name);
        }
    }

    /** The sessions on the replica in {@code folder}. */
    StoreSessions(Path folder) {
        this.folder = ReplicaFolder.sessions(folder);
    }

    /**
     * Begins a session.
     *
     * @param epoch reads the epoch from the newest state of the index
     */
    Begun begin(String where, LongSupplier epoch) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            byte[] bytes = new byte[8];
            random.nextBytes(bytes);
            String name = HexFormat.of().formatHex(bytes) + SUFFIX;
            Own session = new Own(where);
            synchronized (own) {
                own.put(name, session);
            }
            boolean begun = false;
            try {
                if (isLocked(name, session)) {
                    long read = epoch.getAsLong();
                    session.epoch = read;
                    write(session, read);
                    begun = true;
                    return new Begun(name, read);
                }
            } finally {
                if (!begun) {
                    end(name);
                }
            }
        }
        throw Faults.of(new IOException("no session can be begun"), folder);
    }

    /** Makes and locks the file; false if a collector took it for a forgotten one. */
    private boolean isLocked(String name, Own session) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            session.channel = channel;
            FileLock lock = channel.tryLock();
            return lock != null && Files.exists(file);
        } catch (IOException e) {
            throw Faults.of(e, file);
        }
    }

    private void write(Own session, long epoch) {
        byte[] text = session.where.getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(FILE_BYTES_MAX).putLong(epoch);
        content.put(text, 0, Math.min(text.length, content.remaining())).flip();
        try {
            FileChannel channel = session.channel;
            while (channel != null && content.hasRemaining()) {
                channel.write(content);
            }
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
    }

    private void end(String name) {
        Own session;
        synchronized (own) {
            session = own.get(name);
        }
        if (session == null) {
            return;
        }
        try {
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException e) {
            // Nobody has it locked from here on: the next collection removes it.
        }
        try {
            FileChannel channel = session.channel;
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw Faults.of(e, folder);
        } finally {
            synchronized (own) {
                own.remove(name);
            }
        }
    }

    /** Open sessions that may have read an epoch below {@code epoch}. Removes files of processes that are gone. */
    List<OpenSession> before(long epoch) {
        List<OpenSession> open = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (name.endsWith(SUFFIX) && !isOwn(name)) {
                        look(file, epoch, open);
                    }
                }
            } catch (IOException e) {
                throw Faults.of(e, folder);
            }
        }
        synchronized (own) {
            own.values().stream()
                    .filter(session -> session.epoch < epoch)
                    .forEach(session -> open.add(new OpenSession(session.where)));
        }
        return open;
    }

    private boolean isOwn(String name) {
        synchronized (own) {
            return own.containsKey(name);
        }
    }

    /** Adds a session of another process if it is open and older; removes a forgotten file, while it is locked. */
    private static void look(Path file, long epoch, List<OpenSession> open) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                Files.deleteIfExists(file);
                return;
            }
            ByteBuffer content = ByteBuffer.allocate(FILE_BYTES_MAX);
            while (content.hasRemaining() && channel.read(content) >= 0) {
                // The rest of it.
            }
            content.flip();
            long read = content.remaining() < Long.BYTES ? UNKNOWN : content.getLong();
            if (read < epoch) {
                byte[] text = new byte[content.remaining()];
                content.get(text);
                open.add(new OpenSession(new String(text, StandardCharsets.UTF_8)));
            }
        } catch (NoSuchFileException e) {
            // It has just ended.
        }
    }
}
