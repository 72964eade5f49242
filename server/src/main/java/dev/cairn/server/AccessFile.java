package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.file.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The file that holds the {@link AccessList}, shared by the server and by commands that change it while it runs.
 *
 * <p>Format: {@code "cairn access"} 12 | version 4 | edition 16 | SHA-256 of the body 32 | body (protobuf). Each change
 * draws another edition: a reader looks at the first 64 bytes and reads on only where the edition is new to it. So a change
 * by another process counts from the next look on, whatever the clock's granularity.
 *
 * <p>Writers, of all processes, take turns by a lock on a file beside it. Blocks on I/O; thread-safe.
 */
final class AccessFile {

    private static final byte[] MAGIC = "cairn access".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int EDITION_BYTES = 16;
    private static final int HEADER_BYTES = MAGIC.length + 4 + EDITION_BYTES + Secrets.HASH_BYTES;
    private static final int FILE_BYTES_MAX = 64 << 20;

    /** File locks are a process's, not a thread's: the threads of this one take turns first. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Path file;
    private final Path lockFile;
    private volatile @Nullable Edition known;

    private record Edition(byte[] header, AccessList list) {}

    AccessFile(Path file, Path lockFile) {
        this.file = file;
        this.lockFile = lockFile;
    }

    /**
     * What the file says now; an empty list if there is none.
     *
     * @throws CorruptDataException if it is damaged
     */
    AccessList read() {
        Edition before = known;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            byte[] header = readFully(channel, HEADER_BYTES);
            if (before != null && Arrays.equals(before.header(), header)) {
                return before.list();
            }
            long bodyBytes = channel.size() - HEADER_BYTES;
            if (bodyBytes < 0 || bodyBytes > FILE_BYTES_MAX) {
                throw new CorruptDataException(file.toString(), "a list of devices", bodyBytes + " bytes");
            }
            AccessList list = parse(header, readFully(channel, (int) bodyBytes));
            known = new Edition(header, list);
            return list;
        } catch (NoSuchFileException e) {
            return AccessList.EMPTY;
        } catch (IOException e) {
            throw new StoreAccessException("cannot read " + file + ": " + e.getMessage(), "", e);
        }
    }

    /** Replaces the list by what {@code change} makes of it. Durable when it returns. */
    AccessList update(UnaryOperator<AccessList> change) {
        THREADS.lock();
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException("the lock on " + lockFile + " was lost");
            }
            AccessList before = read();
            AccessList after = change.apply(before);
            if (after != before) {
                write(after);
            }
            return after;
        } catch (IOException e) {
            throw new StoreAccessException(
                    "cannot write " + file + ": " + e.getMessage(), "Check the free space and permissions there.", e);
        } finally {
            THREADS.unlock();
        }
    }

    private void write(AccessList list) throws IOException {
        byte[] body = list.encode();
        byte[] header = ByteBuffer.allocate(HEADER_BYTES)
                .put(MAGIC)
                .putInt(VERSION)
                .put(Secrets.random(EDITION_BYTES))
                .put(Sha256.of(body))
                .array();
        DurableFile.replace(file, header, body);
        known = new Edition(header, list);
    }

    private AccessList parse(byte[] header, byte[] body) {
        ByteBuffer buffer = ByteBuffer.wrap(header);
        byte[] magic = new byte[MAGIC.length];
        buffer.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new CorruptDataException(file.toString(), "a list of devices", "something else");
        }
        int version = buffer.getInt();
        if (version != VERSION) {
            throw new VersionMismatchException(file.toString(), VERSION, version);
        }
        byte[] digest = Arrays.copyOfRange(header, HEADER_BYTES - Secrets.HASH_BYTES, HEADER_BYTES);
        if (!Arrays.equals(digest, Sha256.of(body))) {
            throw new CorruptDataException(file.toString(), "the digest of its body", "another one");
        }
        return AccessList.decode(body, file.toString());
    }

    private byte[] readFully(FileChannel channel, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new CorruptDataException(
                        file.toString(), count + " more bytes", "its end after " + buffer.position());
            }
        }
        return buffer.array();
    }

    /** Whether the file is there. */
    boolean exists() {
        return Files.exists(file);
    }
}
