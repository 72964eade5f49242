package dev.cairn.cas.snapshot.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where an archive comes from, and what kind it is by its first bytes: tar, as it is or in gzip, Zstandard, bzip2 or xz; zip; 7z. A name
 * says nothing.
 */
public sealed interface ArchiveInput {

    /** A file, or anything else that has a path, such as a named pipe. */
    record OfFile(Path path) implements ArchiveInput {}

    /** A stream, such as standard input. It is not closed. */
    record OfStream(InputStream stream) implements ArchiveInput {}

    /** The beginnings that are looked for. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody changes the bytes
    enum Magic {
        ZIP('P', 'K', 3, 4),
        EMPTY_ZIP('P', 'K', 5, 6),
        SPLIT_ZIP('P', 'K', 7, 8),
        SEVEN_ZIP('7', 'z', 0xBC, 0xAF, 0x27, 0x1C),
        GZIP(0x1F, 0x8B),
        ZSTD(0x28, 0xB5, 0x2F, 0xFD),
        BZIP2('B', 'Z', 'h'),
        XZ(0xFD, '7', 'z', 'X', 'Z', 0);

        private final byte[] bytes;

        Magic(int... bytes) {
            this.bytes = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                this.bytes[i] = (byte) bytes[i];
            }
        }

        private static @Nullable Magic of(byte[] begin) {
            for (Magic magic : values()) {
                if (begin.length >= magic.bytes.length
                        && Arrays.equals(begin, 0, magic.bytes.length, magic.bytes, 0, magic.bytes.length)) {
                    return magic;
                }
            }
            return null;
        }

        private boolean needsFile() {
            return switch (this) {
                case ZIP, EMPTY_ZIP, SPLIT_ZIP, SEVEN_ZIP -> true;
                case GZIP, ZSTD, BZIP2, XZ -> false;
            };
        }
    }

    /**
     * Opens it.
     *
     * @param aside where a zip or 7z archive is put that comes as a stream
     * @param asideBytesMax the most bytes of it
     * @param remarks hears what is passed over that is no member at all
     */
    private MemberReader open(RecordSort.Spill aside, long asideBytesMax, Consumer<String> remarks) throws IOException {
        return switch (this) {
            case OfFile(Path path) -> {
                if (!Files.isRegularFile(path)) {
                    yield read(Files.newInputStream(path), aside, asideBytesMax, remarks);
                }
                Magic magic;
                try (InputStream in = Files.newInputStream(path)) {
                    magic = Magic.of(in.readNBytes(TarReader.BLOCK_BYTES));
                }
                yield magic != null && magic.needsFile()
                        ? random(magic, FileChannel.open(path, StandardOpenOption.READ), remarks)
                        : read(Files.newInputStream(path), aside, asideBytesMax, remarks);
            }
            case OfStream(InputStream stream) -> read(stream, aside, asideBytesMax, remarks);
        };
    }

    /** As {@link #open}, for this package. */
    static MemberReader open(ArchiveInput input, RecordSort.Spill aside, long asideBytesMax, Consumer<String> remarks)
            throws IOException {
        return input.open(aside, asideBytesMax, remarks);
    }

    private static MemberReader random(Magic magic, SeekableByteChannel channel, Consumer<String> remarks)
            throws IOException {
        try {
            return magic == Magic.SEVEN_ZIP ? new SevenZipReader(channel, remarks) : new ZipReader(channel, remarks);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static MemberReader read(
            InputStream stream, RecordSort.Spill aside, long asideBytesMax, Consumer<String> remarks)
            throws IOException {
        BufferedInputStream in = new BufferedInputStream(stream, 256 << 10);
        Magic magic = Magic.of(peek(in));
        if (magic == null) {
            return tar(in, "the archive", remarks);
        }
        if (magic.needsFile()) {
            return random(magic, SpooledChannel.of(in, aside.blocks(), asideBytesMax), remarks);
        }
        if (magic == Magic.ZSTD) {
            ZstdWindow.require(peek(in));
        }
        BufferedInputStream plain = new BufferedInputStream(new DecodedStream(decoder(magic, in)), 256 << 10);
        return tar(plain, "what is compressed", remarks);
    }

    /** The builders that take the place of these constructors would bring another library's types in. */
    @SuppressWarnings("deprecation")
    private static InputStream decoder(Magic magic, InputStream in) throws IOException {
        InputStream source = new DecodedStream.Source(in);
        try {
            return switch (magic) {
                case GZIP -> new GzipCompressorInputStream(new DecodedStream.ShortHeaders(in), true);
                case ZSTD -> new ZstdCompressorInputStream(source);
                case BZIP2 -> new BZip2CompressorInputStream(source, true);
                case XZ ->
                    new XZCompressorInputStream(
                            source, true, (int) ((Runtime.getRuntime().maxMemory() / 3) >> 10));
                case ZIP, EMPTY_ZIP, SPLIT_ZIP, SEVEN_ZIP -> throw new IllegalArgumentException("" + magic);
            };
        } catch (ArchiveException e) {
            throw e;
        } catch (IOException e) {
            throw ArchiveException.damaged("it cannot be decompressed: " + e.getMessage());
        }
    }

    private static MemberReader tar(BufferedInputStream in, String what, Consumer<String> remarks) throws IOException {
        byte[] begin = peek(in);
        if (begin.length < TarReader.BLOCK_BYTES || !(TarReader.isZero(begin) || TarHeader.isHeader(begin))) {
            in.close();
            throw ArchiveException.unsupported(
                    what + " is no tar, zip or 7z archive, or begins with damage",
                    "Tar may be compressed by gzip, zstd, bzip2 or xz; what is compressed otherwise, decompress"
                            + " first.");
        }
        return new TarReader(in, remarks);
    }

    private static byte[] peek(BufferedInputStream in) throws IOException {
        in.mark(TarReader.BLOCK_BYTES);
        byte[] begin = in.readNBytes(TarReader.BLOCK_BYTES);
        in.reset();
        return begin;
    }
}
