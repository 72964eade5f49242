package dev.cairn.cas.snapshot.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.deflate64.Deflate64CompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads zip archives by their central directory, entry by entry, so that an archive may have any number of them (PKWARE's APPNOTE.TXT
 * 6.3, with Zip64 and the extra fields of Info-ZIP). Contents are checked against their sizes and CRC-32.
 *
 * <p>Archives whose members overlap, as zip bombs do, are refused: all compressed sizes together are no more than the archive has bytes.
 */
final class ZipReader implements MemberReader {

    private static final int ENCRYPTED_FLAGS = 1 | 1 << 6 | 1 << 13;

    private final SeekableByteChannel channel;
    private final ZipDirectory directory;
    private final Consumer<String> remarks;
    private @Nullable ZipEntry current;
    private long compressed;

    /** @param remarks hears what is passed over */
    ZipReader(SeekableByteChannel channel, Consumer<String> remarks) throws IOException {
        this.channel = channel;
        this.remarks = remarks;
        this.directory = ZipDirectory.open(channel);
    }

    @Override
    public @Nullable Member next() throws IOException {
        for (ZipEntry entry = directory.next(); entry != null; entry = directory.next()) {
            if ((entry.flags() & ENCRYPTED_FLAGS) != 0) {
                throw ArchiveException.unsupported(
                        "the archive is encrypted, from " + entry.shownName() + " on", "Decrypt it first.");
            }
            compressed += entry.compressedSize();
            if (entry.compressedSize() < 0 || compressed > channel.size()) {
                throw ArchiveException.damaged("its members have more bytes than it has: they overlap");
            }
            current = entry;
            Member.Kind kind = entry.kind();
            if (kind != null) {
                return Member.plain(
                        entry.name(),
                        kind,
                        entry.mode(),
                        entry.owner(),
                        entry.mtimeSeconds(),
                        entry.mtimeNanos(),
                        entry.size());
            }
            remarks.accept(entry.shownName() + " is a device or a socket, of which a zip archive says too little");
        }
        return null;
    }

    @Override
    public InputStream content() throws IOException {
        ZipEntry entry = current;
        if (entry == null) {
            throw new IllegalStateException("no member was read");
        }
        InputStream raw = directory.data(entry);
        InputStream plain = switch (entry.method()) {
            case 0 -> raw;
            case 8 -> inflated(raw);
            case 9 -> new Deflate64CompressorInputStream(raw);
            case 12 -> new BZip2CompressorInputStream(raw);
            case 93 -> new ZstdCompressorInputStream(raw);
            default ->
                throw ArchiveException.unsupported(
                        "%s is compressed by method %d, which is not known"
                                .formatted(entry.shownName(), entry.method()),
                        "Make the archive again with deflate.");
        };
        return new Checked(new DecodedStream(plain), entry);
    }

    /** The inflater's memory is not the heap's, so it is not left to be collected. */
    private static InputStream inflated(InputStream raw) {
        Inflater inflater = new Inflater(true);
        return new InflaterInputStream(raw, inflater, 32 << 10) {
            @Override
            public void close() throws IOException {
                inflater.end();
                super.close();
            }
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Checks length and checksum when the last byte is read. */
    private static final class Checked extends InputStream {
        private final InputStream in;
        private final ZipEntry entry;
        private final CRC32 crc = new CRC32();
        private long left;

        Checked(InputStream in, ZipEntry entry) {
            this.in = in;
            this.entry = entry;
            this.left = entry.size();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(target, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw ArchiveException.damaged("the content of %s ends early".formatted(entry.shownName()));
            }
            crc.update(target, offset, read);
            left -= read;
            if (left == 0) {
                if (crc.getValue() != entry.crc() || in.read() >= 0) {
                    throw ArchiveException.damaged(
                            "the content of %s is not what its checksum says".formatted(entry.shownName()));
                }
                in.close();
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
