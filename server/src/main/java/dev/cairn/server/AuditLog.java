package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.replicator.protocol.DeviceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hash-chained log that entries are put at the end of: who changes or takes out one that is there has to change the hash of every
 * later one. At most {@link #FILES_MAX} files of {@link #FILE_BYTES} and a little are kept; the oldest goes first, and what follows it
 * still says what its hash was.
 *
 * <p>One writer, the server that holds the data folder; readers of other processes see whole lines. Thread-safe; blocks on I/O.
 */
final class AuditLog {

    /** A file that has grown to this is followed by another. */
    static final long FILE_BYTES = 4 << 20;

    /** The most files of a log. */
    static final int FILES_MAX = 16;

    private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());

    private final Path folder;
    private final InstantSource clock;
    private final long fileBytes;
    private final Output output;
    private AuditChain.Head head = AuditChain.START;

    /** As far as it is on disk. */
    private AuditChain.Head safe = AuditChain.START;

    /** The newest file; null until it was looked at, and after a write that failed. */
    private @Nullable Path newest;

    /** Up to the end of the last good entry in it. */
    private long length;

    /** What of a write that failed could not be taken back yet; null if there is nothing. */
    private @Nullable Remainder remainder;

    private record Remainder(Path file, long from) {}

    /** Writes some of the bytes at a place of a file, and says how many. */
    interface Output {
        int write(FileChannel channel, ByteBuffer bytes, long at) throws IOException;
    }

    /** What is to be put down. */
    record Event(@Nullable DeviceId device, AuditEntry.Operation operation, Map<String, String> details) {}

    /** A log in {@code folder}, which is made with the first entry. No file is held open between calls. */
    AuditLog(Path folder, InstantSource clock, long fileBytes) {
        this(folder, clock, fileBytes, FileChannel::write);
    }

    AuditLog(Path folder, InstantSource clock, long fileBytes, Output output) {
        this.output = output;
        this.folder = folder;
        this.clock = clock;
        this.fileBytes = fileBytes;
    }

    /**
     * Puts entries down, all or none.
     *
     * @param durable whether they must survive a power cut when this returns; else a later one that must takes them along
     * @return the head after them
     */
    synchronized AuditChain.Head append(List<Event> events, boolean durable) {
        try {
            Path file = ready();
            long before = length;
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                put(channel, events);
                if (durable) {
                    channel.force(false);
                    safe = head;
                }
            } catch (IOException e) {
                // Whole lines of it may be there, which whoever opens the log next would take for entries.
                remainder = new Remainder(file, before);
                takeBack(e);
                throw e;
            }
            return head;
        } catch (IOException e) {
            newest = null;
            throw new StoreAccessException(
                    "cannot write the log in " + folder + ": " + e.getMessage(),
                    "Check the free space and permissions there.",
                    e);
        }
    }

    /** How far it goes on disk: what no power cut takes back. */
    synchronized AuditChain.Head head() {
        try {
            if (newest == null && !AuditChain.files(folder).isEmpty()) {
                ready();
            }
            return safe;
        } catch (IOException e) {
            throw new StoreAccessException("cannot read the log in " + folder + ": " + e.getMessage(), "", e);
        }
    }

    private void takeBack(IOException because) {
        try {
            takeBack();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    /** Cuts off what is left of a write that failed. */
    private void takeBack() throws IOException {
        Remainder left = remainder;
        if (left == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(left.file(), StandardOpenOption.WRITE)) {
            channel.truncate(left.from());
        } catch (NoSuchFileException e) {
            // Then nothing is left of it.
        }
        remainder = null;
    }

    private void put(FileChannel channel, List<Event> events) throws IOException {
        AuditChain.Head after = head;
        StringBuilder lines = new StringBuilder();
        Instant now = clock.instant();
        for (Event event : events) {
            String line = new AuditEntry(after.sequence() + 1, now, event.device(), event.operation(), event.details())
                    .line();
            after = after.then(line);
            lines.append(line).append('\t').append(after.hex()).append('\n');
        }
        write(channel, lines.toString());
        head = after;
    }

    private void write(FileChannel channel, String lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.ISO_8859_1));
        long at = length;
        while (bytes.hasRemaining()) {
            at += output.write(channel, bytes, at);
        }
        length = at;
    }

    /** The file to go on with. */
    private Path ready() throws IOException {
        Path file = newest;
        if (file == null) {
            DurableFile.makeOwnFolder(folder);
            takeBack();
            file = recover();
        }
        if (length >= fileBytes) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            file = begin();
        }
        return file;
    }

    /** A new file that goes on from the head. The oldest goes where there are too many. */
    private Path begin() throws IOException {
        Path file = AuditChain.file(folder, head.sequence() + 1);
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            length = 0;
            write(channel, "%s\t%d\t%s\n".formatted(AuditChain.HEADER, head.sequence() + 1, head.hex()));
            channel.force(true);
        }
        DurableFile.syncName(file);
        safe = head;
        List<Path> files = AuditChain.files(folder);
        for (Path old : files.subList(0, Math.max(0, files.size() - FILES_MAX))) {
            Files.deleteIfExists(old);
        }
        newest = file;
        return file;
    }

    /**
     * Finds the last good entry. A last line that was cut off goes; after one that is wrong another file begins, and the wrong one
     * stays for whoever looks into it.
     */
    private Path recover() throws IOException {
        head = AuditChain.START;
        String damage = null;
        for (Path file : AuditChain.files(folder).reversed()) {
            AuditChain.Found found = AuditChain.scan(file, null, (entry, hash) -> {});
            if (found.goodBytes() == 0) {
                // Its first line was never whole, or is no more.
                Files.move(
                        file,
                        file.resolveSibling(file.getFileName() + ".damaged"),
                        StandardCopyOption.REPLACE_EXISTING);
                damage = Files.size(file.resolveSibling(file.getFileName() + ".damaged")) == 0
                        ? damage
                        : file.toString();
                continue;
            }
            head = found.head();
            CorruptDataException wrong = found.damage();
            if (wrong == null && damage == null) {
                return goOn(file, found);
            }
            damage = wrong == null ? damage : wrong.where();
            if (wrong != null && AuditChain.file(folder, head.sequence() + 1).equals(file)) {
                Files.move(
                        file,
                        file.resolveSibling(file.getFileName() + ".damaged"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            break;
        }
        Path begun = begin();
        if (damage != null) {
            LOG.log(System.Logger.Level.WARNING, "the log is damaged: {0}", damage);
            note(begun, Map.of("damage", damage));
        }
        return begun;
    }

    private Path goOn(Path file, AuditChain.Found found) throws IOException {
        newest = file;
        length = found.goodBytes();
        long cut = Files.size(file) - length;
        if (cut > 0) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
            note(file, Map.of("bytes", Long.toString(cut)));
        }
        // What a killed server wrote may not be on disk yet.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        safe = head;
        return file;
    }

    private void note(Path file, Map<String, String> details) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            put(channel, List.of(new Event(null, AuditEntry.Operation.RECOVERED, details)));
            channel.force(true);
            safe = head;
        }
    }
}
