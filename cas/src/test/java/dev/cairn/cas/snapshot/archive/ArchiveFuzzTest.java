package dev.cairn.cas.snapshot.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.github.luben.zstd.Zstd;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.SeededEntropy;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.sevenz.SevenZArchiveEntry;
import org.apache.commons.compress.archivers.sevenz.SevenZOutputFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Archives from anywhere: tar and what it is compressed by, zip, 7z. Members and contents are read as an import reads them. */
final class ArchiveFuzzTest extends FuzzSuite {

    private static final Parsing PARSING = Parsing.refusedBy(ArchiveException.class);

    /** No more of an archive's contents is read: they are streams, and what is behind is as what is before. */
    private static final int CONTENT_BYTES_MAX = 1 << 20;

    private static final int MEMBERS_MAX = 200;

    /** Buffers, decoders' tables, the largest extended header. */
    private static final long FIXED_BYTES = 48L << 20;

    private static final Sealer SEALER =
            new Sealer(RepositoryKeys.generate(new SeededEntropy(1)), new Compression.None());
    private static final byte[] TEXT = "All work and no play.\n".repeat(9).getBytes(StandardCharsets.US_ASCII);

    private static byte[] tar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 512, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            TarArchiveEntry file = new TarArchiveEntry("folder/größer");
            file.setSize(TEXT.length);
            file.addPaxHeader("SCHILY.xattr.user.a", "b");
            file.addPaxHeader("mtime", "1700000000.25");
            tar.putArchiveEntry(file);
            tar.write(TEXT);
            tar.closeArchiveEntry();
            TarArchiveEntry link = new TarArchiveEntry("link", TarArchiveEntry.LF_SYMLINK);
            link.setLinkName("folder/größer");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] sparseTar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 512, "UTF-8")) {
            TarArchiveEntry file = new TarArchiveEntry("sparse");
            byte[] map = "1\n100\n22\n".getBytes(StandardCharsets.US_ASCII);
            file.setSize(512 + 22);
            file.addPaxHeader("SCHILY.realsize", "4096");
            tar.putArchiveEntry(file);
            tar.write(java.util.Arrays.copyOf(map, 512));
            tar.write(TEXT, 0, 22);
            tar.closeArchiveEntry();
        }
        byte[] whole = bytes.toByteArray();
        // Commons Compress writes no sparse files: the keywords are put in the place of one of the same length.
        return new String(whole, StandardCharsets.ISO_8859_1)
                .replace("SCHILY.realsize", "GNU.sparse.size")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] zip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            ZipArchiveEntry file = new ZipArchiveEntry("folder/größer");
            file.setUnixMode(0100640);
            file.setLastModifiedTime(FileTime.fromMillis(1_700_000_000_250L));
            zip.putArchiveEntry(file);
            zip.write(TEXT);
            zip.closeArchiveEntry();
            ZipArchiveEntry folder = new ZipArchiveEntry("folder/");
            zip.putArchiveEntry(folder);
            zip.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] sevenZip() throws IOException {
        SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
        try (SevenZOutputFile archive = new SevenZOutputFile(channel)) {
            SevenZArchiveEntry file = new SevenZArchiveEntry();
            file.setName("größer");
            file.setLastModifiedTime(FileTime.fromMillis(1_700_000_000_250L));
            archive.setContentCompression(org.apache.commons.compress.archivers.sevenz.SevenZMethod.DEFLATE);
            archive.putArchiveEntry(file);
            archive.write(TEXT);
            archive.closeArchiveEntry();
        }
        return java.util.Arrays.copyOf(channel.array(), (int) channel.size());
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() throws IOException {
        byte[] tar = tar();
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(tar);
        }
        ByteArrayOutputStream bzip2 = new ByteArrayOutputStream();
        try (BZip2CompressorOutputStream out = new BZip2CompressorOutputStream(bzip2, 1)) {
            out.write(tar);
        }
        Map<String, byte[]> compressed = new LinkedHashMap<>();
        compressed.put("gzip", gzip.toByteArray());
        compressed.put("bzip2", bzip2.toByteArray());
        compressed.put("zstd", Zstd.compress(tar));
        Map<String, Map<String, byte[]>> seeds = new LinkedHashMap<>();
        seeds.put("tar", Map.of("pax", tar, "sparse", sparseTar()));
        seeds.put("tarWithChecksums", Map.of("pax", tar, "sparse", sparseTar()));
        seeds.put("compressed", compressed);
        seeds.put("zip", Map.of("two", zip()));
        seeds.put("sevenZip", Map.of("one", sevenZip()));
        return seeds;
    }

    private static long members(ArchiveInput input, long asideBytesMax) throws IOException {
        long contents = 0;
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        try (BlocksOnDemand aside = new BlocksOnDemand(folder, SEALER);
                MemberReader reader = ArchiveInput.open(input, aside, asideBytesMax, remark -> {})) {
            byte[] buffer = new byte[8192];
            int members = 0;
            for (Member member = reader.next(); member != null && members < MEMBERS_MAX; member = reader.next()) {
                members++;
                assertThat(member.map().dataBytes())
                        .isBetween(0L, Math.max(0, member.map().size()));
                assertThat(member.mtimeNanos()).isBetween(0, 999_999_999);
                if (member.map().dataBytes() == 0) {
                    continue;
                }
                InputStream content = reader.content();
                for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                    contents += read;
                    if (contents > CONTENT_BYTES_MAX) {
                        return contents;
                    }
                }
            }
        }
        return contents;
    }

    private static void readAll(byte[] input) {
        PARSING.value(
                FIXED_BYTES + 200L * input.length,
                () -> members(new ArchiveInput.OfStream(new ByteArrayInputStream(input)), 1 << 20));
    }

    private static void readFile(byte[] input, long bytesMax) throws IOException {
        Path file = Files.createTempFile("fuzz-", ".archive");
        try {
            Files.write(file, input);
            PARSING.value(bytesMax, () -> members(new ArchiveInput.OfFile(file), 1 << 20));
        } finally {
            Files.delete(file);
        }
    }

    @FuzzTest
    void tar(byte[] input) {
        readAll(input);
    }

    /** With the checksum that each header needs: each block that says it is of ustar. */
    @FuzzTest
    void tarWithChecksums(byte[] input) {
        for (int at = 0; at + TarReader.BLOCK_BYTES <= input.length; at += TarReader.BLOCK_BYTES) {
            if (input[at + 257] == 'u' && input[at + 258] == 's') {
                putChecksum(input, at);
            }
        }
        readAll(input);
    }

    private static void putChecksum(byte[] tar, int at) {
        java.util.Arrays.fill(tar, at + 148, at + 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < TarReader.BLOCK_BYTES; i++) {
            sum += tar[at + i] & 0xff;
        }
        byte[] octal = "%06o\0".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octal, 0, tar, at + 148, octal.length);
    }

    @FuzzTest
    void compressed(byte[] input) {
        readAll(input);
    }

    @FuzzTest
    void zip(byte[] input) throws IOException {
        readFile(input, FIXED_BYTES + 200L * input.length);
    }

    /** A third of the heap may go for a list of contents or a dictionary. */
    @FuzzTest
    void sevenZip(byte[] input) throws IOException {
        readFile(input, FIXED_BYTES + Runtime.getRuntime().maxMemory() / 3 + 200L * input.length);
    }
}
