package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.commons.compress.MemoryLimitException;
import org.apache.commons.compress.PasswordRequiredException;
import org.apache.commons.compress.archivers.sevenz.SevenZArchiveEntry;
import org.apache.commons.compress.archivers.sevenz.SevenZFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads 7z archives through Commons Compress, which holds the list of contents: a third of the heap at most, for that or for a
 * decoder's dictionary.
 */
final class SevenZipReader implements MemberReader {

    private static final int UNIX_EXTENSION = 0x8000;
    private static final int READ_ONLY = 1;

    private final SeekableByteChannel channel;
    private final SevenZFile archive;
    private final Consumer<String> remarks;
    private @Nullable SevenZArchiveEntry current;

    /** @param remarks hears what is passed over */
    SevenZipReader(SeekableByteChannel channel, Consumer<String> remarks) throws IOException {
        this.channel = channel;
        this.remarks = remarks;
        int limitKib = (int) Math.min(Integer.MAX_VALUE, (Runtime.getRuntime().maxMemory() / 3) >> 10);
        this.archive = guarded(() -> SevenZFile.builder()
                .setSeekableByteChannel(channel)
                .setMaxMemoryLimitKiB(limitKib)
                .get());
    }

    /** A step of the library, which throws all kinds of exceptions on what it does not expect. */
    private interface Step<T extends @Nullable Object> {
        T run() throws IOException;
    }

    private static <T extends @Nullable Object> T guarded(Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (PasswordRequiredException e) {
            throw ArchiveException.unsupported("the archive is encrypted", "Decrypt it first.");
        } catch (MemoryLimitException e) {
            throw ArchiveException.unsupported(
                    "the archive takes more memory than there is: " + e.getMessage(),
                    "Give more with CAIRN_JAVA_OPTS=-Xmx1g, or unpack it and take a snapshot of the folder.");
        } catch (IOException | RuntimeException e) {
            throw ArchiveException.damaged("its 7z format: " + e.getMessage());
        }
    }

    @Override
    public @Nullable Member next() throws IOException {
        for (SevenZArchiveEntry entry = guarded(archive::getNextEntry);
                entry != null;
                entry = guarded(archive::getNextEntry)) {
            Member member = member(entry);
            if (member != null) {
                current = entry;
                return member;
            }
        }
        return null;
    }

    private @Nullable Member member(SevenZArchiveEntry entry) throws IOException {
        String text = entry.getName() == null ? "" : entry.getName();
        byte[] name = text.getBytes(StandardCharsets.UTF_8);
        int attributes = entry.getHasWindowsAttributes() ? entry.getWindowsAttributes() : 0;
        int unix = (attributes & UNIX_EXTENSION) != 0 ? attributes >>> 16 : 0;
        Member.Kind kind = entry.isDirectory() ? Member.Kind.DIRECTORY : ZipEntry.kind(unix);
        if (kind == null || entry.isAntiItem()) {
            remarks.accept(RawName.display(name) + " is a device or the like, of which a 7z archive says too little");
            return null;
        }
        if (entry.getSize() < 0) {
            throw ArchiveException.damaged(RawName.display(name) + " has a size that is none");
        }
        Instant time =
                entry.getHasLastModifiedDate() ? entry.getLastModifiedTime().toInstant() : Instant.EPOCH;
        return Member.plain(
                name,
                kind,
                ZipEntry.mode(unix, kind == Member.Kind.DIRECTORY, (attributes & READ_ONLY) != 0),
                Owner.ROOT,
                time.getEpochSecond(),
                time.getNano(),
                entry.hasStream() ? entry.getSize() : 0);
    }

    @Override
    public InputStream content() {
        if (current == null) {
            throw new IllegalStateException("no member was read");
        }
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return guarded(() -> archive.read(target, offset, length));
            }
        };
    }

    @Override
    public void close() throws IOException {
        archive.close();
        channel.close();
    }
}
