package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.StoreException;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.archive.ArchiveException;
import dev.cairn.cas.snapshot.archive.ExportFormat;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.sevenz.SevenZArchiveEntry;
import org.apache.commons.compress.archivers.sevenz.SevenZOutputFile;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives whose makers wish nobody well, or were cut off, or are only odd. */
final class HostileArchiveTest extends ArchiveFixture {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain            | plain",
                "./dot            | dot",
                "a//b/./c         | a/b/c",
                "/etc/passwd      | etc/passwd",
                "//etc//passwd    | etc/passwd",
                "C:/windows       | C:/windows",
                "..\\up           | ..\\up",
                "nul              | nul",
                "...              | ...",
                "..               | REFUSED",
                "../up            | REFUSED",
                "a/../../up       | REFUSED",
                "a/..             | REFUSED",
                "/../etc/shadow   | REFUSED",
            })
    void import_tarName_isContainedOrRefused(String name, String expected) throws IOException {
        CaptureResult result = importBytes(
                new TarBytes().file("other", "o").file(name.strip(), "x").bytes());
        if (expected.equals("REFUSED")) {
            assertThat(paths(result)).containsExactly("", "other");
            assertThat(result.isPartial()).isTrue();
            assertThat(result.errors().getFirst().reason()).contains("'..'");
        } else {
            assertThat(paths(result)).contains(expected);
            assertThat(result.isPartial()).isFalse();
            assertThat(result.notes().isEmpty()).isEqualTo(!name.startsWith("/"));
        }
    }

    @Test
    void import_emptyNameAndZeroByteInIt_areRefused() throws IOException {
        CaptureResult result = importBytes(new TarBytes()
                .file("", "x")
                .pax("path", RawName.of("a\0b"))
                .file("short", "x")
                .pax("linkpath", RawName.of("a\0b"))
                .symlink("link", "t")
                .pax("path", RawName.of("n".repeat(2000)))
                .file("long", "x")
                .file("good", "x")
                .bytes());
        assertThat(paths(result)).containsExactly("", "good");
        assertThat(result.errorCount()).isEqualTo(4);
    }

    @Test
    void import_nothingUsable_movesNoBranch() {
        assertThatThrownBy(() -> importBytes(new TarBytes().file("../x", "x").bytes()))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("'..'");
        assertThat(repository.store().branch("main")).isEmpty();
    }

    @Test
    void import_vectorsOfUnusualPaths_areContained() throws IOException {
        Path vectors = vectors();
        assumeTrue(vectors != null && Files.isDirectory(vectors), "needs ../shared/vectors");
        CaptureResult result = importBytes(Files.readAllBytes(vectors.resolve("unusual_paths.tar")));
        assertThat(paths(result)).containsExactly("", "bar", "foo", "foo/bar", "foo2", "foobar");
        assertThat(result.isPartial()).isFalse();
        byte[] dots = Files.readAllBytes(vectors.resolve("dotdot_path.tar"));
        assertThatThrownBy(() -> importBytes(dots)).isInstanceOf(ArchiveException.class);
    }

    private static Path vectors() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/vectors/unusual-paths"))) {
            folder = folder.getParent();
        }
        return folder == null ? Path.of("none") : folder.resolve("shared/vectors/unusual-paths");
    }

    @Test
    void import_memberTwice_theLastOneCounts() throws IOException {
        CaptureResult result = importBytes(new TarBytes()
                .file("d/a", "first")
                .hardLink("b", "d/a")
                .folder("d/")
                .file("d/a", "second, longer")
                .hardLink("c", "d/a")
                .hardLink("e", "b")
                .bytes());
        assertThat(result.errors()).isEmpty();
        assertThat(paths(result)).containsExactly("", "b", "c", "d", "d/a", "e");
        assertThat(at(result, "d/a").size()).isEqualTo("second, longer".length());
        assertThat(at(result, "d/a").linkedTo()).isEqualTo(EntryPath.parse("c"));
        assertThat(at(result, "b").size()).isEqualTo("first".length());
        assertThat(at(result, "e").linkedTo()).isEqualTo(EntryPath.parse("b"));
    }

    @Test
    void import_linksThatLeadOutOrNowhere_areListed() throws IOException {
        CaptureResult result = importBytes(new TarBytes()
                .symlink("out", "/does/not/exist")
                .symlink("up", "../../x")
                .file("out/inside", "x")
                .hardLink("h1", "../x")
                .hardLink("h2", "nothing")
                .hardLink("h3", "later")
                .hardLink("h4", "h4")
                .folder("folder")
                .hardLink("h5", "folder")
                .hardLink("h6", "/out")
                .file("later", "x")
                .bytes());
        assertThat(paths(result)).containsExactly("", "folder", "h6", "later", "out", "up");
        assertThat(at(result, "out").linkedTo()).isEqualTo(EntryPath.parse("h6"));
        assertThat(at(result, "h6").type()).isEqualTo(EntryType.SYMLINK);
        assertThat(result.errorCount()).isEqualTo(6);
        restoreWhole(plan(result.root()));
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void import_foldersThatLack_areMade() throws IOException {
        CaptureResult result = importBytes(new TarBytes()
                .file("z/y/x", "1")
                .file("a/b", "2")
                .file("z/a", "3")
                .bytes());
        assertThat(paths(result)).containsExactly("", "a", "a/b", "z", "z/a", "z/y", "z/y/x");
        assertThat(at(result, "z/y").metadata().mode()).isEqualTo(0755);
        assertThat(importBytes(new TarBytes()
                                .file("z/a", "3")
                                .file("a/b", "2")
                                .file("z/y/x", "1")
                                .bytes())
                        .root())
                .isEqualTo(result.root());
    }

    @Test
    void import_cutOffAnywhere_failsAndMovesNothing() throws IOException {
        byte[] whole = new TarBytes().folder("d").file("d/f", "content").unended();
        for (int end = 1; end < whole.length + 512; end += 171) {
            byte[] part = Arrays.copyOf(whole, Math.min(end, whole.length));
            assertThatThrownBy(() -> importBytes(part)).as("" + end).isInstanceOf(ArchiveException.class);
        }
        byte[] packed = packed(
                GZIPOutputStream::new, new TarBytes().file("f", "content").bytes());
        for (int end = 1; end < packed.length; end += 11) {
            byte[] part = Arrays.copyOf(packed, end);
            assertThatThrownBy(() -> importBytes(part)).as("" + end).isInstanceOf(ArchiveException.class);
        }
        assertThat(repository.store().branch("main")).isEmpty();
    }

    @Test
    void import_sizesThatLie_areRefusedWithoutMemory() {
        byte[] longHeader =
                new TarBytes().header(RawName.of("x"), 'x', 8L << 30, "").unended();
        assertThatThrownBy(() -> importBytes(longHeader)).hasMessageContaining("extended header");
        byte[] longName =
                new TarBytes().header(RawName.of("x"), 'L', 1L << 30, "").unended();
        assertThatThrownBy(() -> importBytes(longName)).hasMessageContaining("extended header");
        byte[] longFile = new TarBytes()
                .pax("size", RawName.of("9223372036854775807"))
                .file("x", "y")
                .unended();
        assertThatThrownBy(() -> importBytes(longFile)).isInstanceOf(ArchiveException.class);
    }

    private interface Packing {
        OutputStream pack(OutputStream out) throws IOException;
    }

    private static byte[] packed(Packing packing, byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = packing.pack(out)) {
            packed.write(plain);
        }
        return out.toByteArray();
    }

    @Test
    void import_packedTar_isFoundByItsContent() throws IOException {
        byte[] tar = new TarBytes().file("f", "content").bytes();
        List<Packing> packings = List.of(
                out -> out,
                GZIPOutputStream::new,
                ZstdCompressorOutputStream::new,
                BZip2CompressorOutputStream::new,
                XZCompressorOutputStream::new);
        for (Packing packing : packings) {
            assertThat(paths(importBytes(packed(packing, tar)))).containsExactly("", "f");
        }
        byte[] noTar = packed(GZIPOutputStream::new, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> importBytes(noTar)).hasMessageContaining("no tar, zip or 7z");
        assertThatThrownBy(() -> importBytes(noise(5000, 3))).hasMessageContaining("no tar, zip or 7z");
        assertThatThrownBy(() -> importBytes(new byte[0])).isInstanceOf(ArchiveException.class);
    }

    @Test
    void import_sevenZip_hasFilesAndFolders() throws IOException {
        try (SevenZOutputFile out = new SevenZOutputFile(archive().toFile())) {
            Path file = write("f", noise(100_000, 1));
            SevenZArchiveEntry folder = out.createArchiveEntry(source.toFile(), "d");
            out.putArchiveEntry(folder);
            out.closeArchiveEntry();
            out.putArchiveEntry(out.createArchiveEntry(file.toFile(), "d/f"));
            out.write(Files.readAllBytes(file));
            out.closeArchiveEntry();
        }
        CaptureResult result = importArchive("main");
        assertThat(paths(result)).containsExactly("", "d", "d/f");
        assertThat(at(result, "d/f").size()).isEqualTo(100_000);
        byte[] bytes = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(bytes, bytes.length - 7));
        assertThatThrownBy(() -> importArchive("other")).isInstanceOf(ArchiveException.class);
        assertThat(repository.store().branch("other")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../up", "/../up", "..\\up", "C:\\..\\up"})
    void import_zipNameThatLeadsOut_isRefused(String name) throws IOException {
        CaptureResult result = importBytes(zip(name));
        assertThat(paths(result)).containsExactly("", "good");
        assertThat(result.isPartial()).isTrue();
    }

    private static byte[] zip(String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String one : List.of("good", name)) {
                zip.putNextEntry(new ZipEntry(one));
                zip.write(noise(1000, 1));
                zip.closeEntry();
            }
        }
        return out.toByteArray();
    }

    @Test
    void import_zipOfAnotherSystem_drivesAndBackslashesAreFolders() throws IOException {
        CaptureResult result = importBytes(zip("C:\\a\\b"));
        assertThat(paths(result)).containsExactly("", "a", "a/b", "good");
        assertThat(result.notes()).hasSize(1);
    }

    @Test
    void import_encryptedOrOverlappingZip_saysSo() throws IOException {
        byte[] encrypted = zip("x");
        int entry = indexOf(encrypted, new byte[] {'P', 'K', 1, 2});
        encrypted[entry + 8] |= 1;
        assertThatThrownBy(() -> importBytes(encrypted)).hasMessageContaining("encrypted");
        byte[] overlapping = zip("x");
        overlapping[entry + 22] = 1;
        assertThatThrownBy(() -> importBytes(overlapping)).isInstanceOf(ArchiveException.class);
        byte[] wrong = zip("x");
        wrong[entry + 16] ^= 1;
        assertThatThrownBy(() -> importBytes(wrong)).hasMessageContaining("checksum");
        assertThat(repository.store().branch("main")).isEmpty();
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i < bytes.length - part.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void import_mutatedArchives_neverFailOtherwiseThanAsDamaged(long seed) throws IOException {
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        EverythingThereIs.make(Files.createDirectory(source.resolve("inner")));
        Files.delete(source.resolve("inner/files/large"));
        write("x/some text", "text ".repeat(2000));
        var root = capture();
        List<byte[]> originals = new ArrayList<>();
        for (String top : List.of("inner/files", "inner/links", "inner/attributes", "x")) {
            for (ExportFormat format : ExportFormat.values()) {
                export(root, EntryPath.parse(top), format);
                originals.add(Files.readAllBytes(archive));
            }
        }
        int failed = 0;
        for (int i = 0; i < 150; i++) {
            byte[] mutated = mutated(originals.get(random.nextInt(originals.size())), random);
            try {
                importBytes(mutated);
            } catch (IOException | StoreException e) {
                failed++;
            }
        }
        assertThat(failed).isPositive();
    }

    private static byte[] mutated(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 ->
                    Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(20)), (byte) random.nextInt());
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(600), bytes.length - Math.max(at, from));
                    System.arraycopy(original, from, bytes, at, length);
                }
            }
            if (random.nextInt(3) == 0) {
                mendChecksums(bytes);
            }
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    /** So that mutations get behind the first check of a header. */
    private static void mendChecksums(byte[] tar) {
        for (int block = 0; block + 512 <= tar.length; block += 512) {
            if (tar[block + 257] == 'u' && tar[block + 258] == 's') {
                Arrays.fill(tar, block + 148, block + 156, (byte) ' ');
                int sum = 0;
                for (int i = block; i < block + 512; i++) {
                    sum += tar[i] & 0xFF;
                }
                byte[] octal = RawName.of("%06o\0".formatted(sum));
                System.arraycopy(octal, 0, tar, block + 148, octal.length);
            }
        }
    }

    private CaptureResult importBytes(byte[] bytes) throws IOException {
        Files.write(archive(), bytes);
        return importArchive("main");
    }

    private Entry at(CaptureResult result, String path) {
        return entry(result.root(), path);
    }

    private List<String> paths(CaptureResult result) {
        return MerkleMap.ofEntries(result.root(), objects).stream()
                .map(entry -> RawName.display(entry.path().bytes()).replace("\\\\", "\\"))
                .toList();
    }
}
