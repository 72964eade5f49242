package dev.cairn.cli.console;

import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.FileText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * An output that a command line names: there whole or not at all. It is made under a temporary name beside its own and renamed by {@link
 * #publish}; {@link #close} without that removes it. Standard output ({@code -}) and what is no plain file, a device or a pipe, are written
 * as it comes.
 *
 * <p>Threading: written and published by one thread; {@link #abandon} may come from any. Durability: nothing is synced, as with any program
 * that writes a file.
 */
public final class WholeFile implements AutoCloseable {

    private final OutputStream stream;
    private final boolean standard;
    private final @Nullable Path target;
    private final @Nullable Path temporary;
    private final boolean force;
    private boolean ended;
    private long bytes;

    private WholeFile(
            OutputStream stream, boolean standard, @Nullable Path target, @Nullable Path temporary, boolean force) {
        this.stream = stream;
        this.standard = standard;
        this.target = target;
        this.temporary = temporary;
        this.force = force;
    }

    /**
     * Opens the output that {@code name} means.
     *
     * @param force whether to replace a file that is there
     * @throws CommandFailure if one is there otherwise, or a folder
     */
    public static WholeFile open(String name, boolean force, Console console) throws IOException {
        if (name.equals(FileText.STANDARD)) {
            return new WholeFile(standardOutput(console), true, null, null, force);
        }
        Path named = free(name, force);
        // Through a symbolic link its target is replaced, not the link.
        Path target = Files.exists(named) ? named.toRealPath() : named.toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            return new WholeFile(Files.newOutputStream(target), false, null, null, true);
        }
        requireFolderOf(target);
        Path temporary = target.resolveSibling(".cairn-output-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()));
        try {
            OutputStream stream =
                    Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new WholeFile(stream, false, target, temporary, force);
        } catch (FileSystemException e) {
            // Of the file that was asked for, not of the one that becomes it.
            throw refused(target, e);
        }
    }

    /**
     * Checks an output as {@link #open} does, and writes nothing: what is written is counted.
     *
     * @throws CommandFailure as {@link #open}
     */
    public static WholeFile rehearse(String name, boolean force) throws IOException {
        if (!name.equals(FileText.STANDARD)) {
            requireFolderOf(free(name, force).toAbsolutePath());
        }
        return new WholeFile(OutputStream.nullOutputStream(), false, null, null, true);
    }

    private static FileSystemException refused(Path target, FileSystemException cause) {
        FileSystemException named = cause instanceof AccessDeniedException
                ? new AccessDeniedException(target.toString())
                : new FileSystemException(target.toString(), null, cause.getReason());
        named.initCause(cause);
        return named;
    }

    /** The path that {@code name} means, where a file may be made. */
    private static Path free(String name, boolean force) {
        Path named = FileText.path(name);
        if (Files.isDirectory(named)) {
            throw FileText.isFolder(name);
        }
        if (!force && Files.exists(named, LinkOption.NOFOLLOW_LINKS)) {
            throw isThere(named);
        }
        return named;
    }

    private static void requireFolderOf(Path file) throws NoSuchFileException {
        Path folder = file.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
    }

    private static OutputStream standardOutput(Console console) {
        return new OutputStream() {
            @Override
            public void write(int octet) {
                console.out().write(octet);
                console.requireWritten();
            }

            @Override
            public void write(byte[] data, int offset, int length) {
                console.out().write(data, offset, length);
                console.requireWritten();
            }
        };
    }

    private static CommandFailure isThere(Path path) {
        return new CommandFailure(
                ExitCode.FAILED, "there is a file already: " + path, "Give another name, or -f to replace it.");
    }

    /** Where to write; costs a system call a call, so the writer buffers. */
    public OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                stream.write(octet);
                bytes++;
            }

            @Override
            public void write(byte[] data, int offset, int length) throws IOException {
                stream.write(data, offset, length);
                bytes += length;
            }
        };
    }

    /** Number of bytes written. */
    public long bytes() {
        return bytes;
    }

    /** Whether it is standard output, which then is for nothing else. */
    public boolean isStandard() {
        return standard;
    }

    /** Gives what was written its name. */
    public synchronized void publish() throws IOException {
        if (ended) {
            throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted; nothing was written", "");
        }
        stream.close();
        if (temporary != null && target != null) {
            if (force) {
                if (Files.exists(target)) {
                    Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(target));
                }
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } else {
                try {
                    Files.move(temporary, target);
                } catch (FileAlreadyExistsException e) {
                    throw isThere(target);
                }
            }
        }
        ended = true;
    }

    /** Removes what was written, unless it has its name. Idempotent. */
    public synchronized void abandon() {
        if (!ended) {
            ended = true;
            try {
                stream.close();
                if (temporary != null) {
                    Files.deleteIfExists(temporary);
                }
            } catch (IOException e) {
                // It stays under a name that nobody looks for.
            }
        }
    }

    @Override
    public void close() {
        abandon();
    }
}
