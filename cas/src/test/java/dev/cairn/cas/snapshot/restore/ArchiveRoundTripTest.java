package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.archive.ArchiveInput;
import dev.cairn.cas.snapshot.archive.ExportFormat;
import dev.cairn.cas.snapshot.archive.ExportResult;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees that become archives, and archives that become trees, beside the programs that people have for both. */
final class ArchiveRoundTripTest extends ArchiveFixture {

    @ParameterizedTest
    @EnumSource(
            value = ExportFormat.class,
            names = {"TAR", "TAR_ZST"})
    void importOfExport_tarOfEverythingThereIs_hasTheSameManifest(ExportFormat format) throws IOException {
        EverythingThereIs.make(source);
        removeSockets(source);
        ObjectId root = capture();

        ExportResult exported = export(root, EntryPath.ROOT, format);
        CaptureResult imported = importArchive("copy");

        assertThat(exported.losses()).isEmpty();
        assertThat(imported.errors()).isEmpty();
        assertThat(imported.root()).isEqualTo(root);
        assertThat(imported.chunksNew()).isZero();
    }

    @Test
    void export_socket_isListedAndLeftOut() throws IOException {
        EverythingThereIs.make(source);
        ObjectId root = capture();
        boolean sockets =
                MerkleMap.ofEntries(root, objects).stream().anyMatch(entry -> entry.type() == EntryType.SOCKET);
        assertThat(export(root, EntryPath.ROOT, ExportFormat.TAR).lossCount() > 0)
                .isEqualTo(sockets);
    }

    @Test
    void export_twice_givesTheSameBytes() throws IOException {
        EverythingThereIs.make(source);
        ObjectId root = capture();
        for (ExportFormat format : ExportFormat.values()) {
            export(root, EntryPath.ROOT, format);
            byte[] first = Files.readAllBytes(archive);
            export(root, EntryPath.ROOT, format);
            assertThat(Files.readAllBytes(archive)).as("" + format).isEqualTo(first);
        }
    }

    @Test
    void export_tar_isWhatGnuTarExtracts() throws Exception {
        assumeTrue(has("tar"), "needs GNU tar");
        assumeTrue(EverythingThereIs.isSuperuser(), "needs root, for owners and devices");
        EverythingThereIs.make(source);
        removeSockets(source);
        export(capture(), EntryPath.ROOT, ExportFormat.TAR);

        Files.createDirectory(target);
        run(
                target,
                "tar",
                "-xpf",
                archive.toString(),
                "--xattrs",
                "--xattrs-include=*",
                "--same-owner",
                "--numeric-owner");

        assertThat(withoutTarsSlips(TreePicture.of(target).lines()))
                .isEqualTo(withoutTarsSlips(TreePicture.of(source).lines()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"posix", "gnu", "ustar", "v7"})
    void import_archiveOfGnuTar_restoresToWhatWasPacked(String format) throws Exception {
        assumeTrue(has("tar"), "needs GNU tar");
        write("dir/file", noise(300_000, 1));
        write("dir/" + "n".repeat(90), "long");
        write("small", "x");
        Files.createLink(source.resolve("again"), source.resolve("dir/file"));
        Files.createSymbolicLink(source.resolve("link"), Path.of("dir/file"));
        List<String> command = new ArrayList<>(List.of("tar", "-C", source.toString(), "--format=" + format));
        if (format.equals("posix")) {
            command.addAll(List.of("--xattrs", "--sparse"));
            EverythingThereIs.make(source);
            removeSockets(source);
        } else if (format.equals("gnu")) {
            command.add("--sparse");
            write("d/" + "m".repeat(200), "longer");
            try (RandomAccessFile file =
                    new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
                for (int i = 0; i < 60; i++) {
                    file.seek((long) i << 20);
                    file.write(noise(4096, i));
                }
                file.setLength(100L << 20);
            }
        }
        command.addAll(List.of("-cf", archive().toString(), "."));
        run(temp, command.toArray(String[]::new));

        CaptureResult imported = importArchive("main");

        assertThat(imported.errors()).isEmpty();
        restoreWhole(plan(imported.root()));
        SortedMap<String, String> restored = TreePicture.of(target).lines();
        SortedMap<String, String> packed = TreePicture.of(source).lines();
        if (!format.equals("posix")) {
            restored.replaceAll((path, line) -> wholeSeconds(line));
            packed.replaceAll((path, line) -> wholeSeconds(line));
        }
        assertThat(withoutTarsSlips(restored)).isEqualTo(withoutTarsSlips(packed));
    }

    @Test
    void export_zip_isWhatUnzipExtracts() throws Exception {
        assumeTrue(has("unzip"), "needs unzip");
        write("dir/file", noise(300_000, 1));
        write("dir/empty", "");
        write("umläut ☃", "x".repeat(100_000));
        Files.createSymbolicLink(source.resolve("link"), Path.of("dir/file"));
        ObjectId root = capture();
        assertThat(export(root, EntryPath.ROOT, ExportFormat.ZIP).losses()).isEmpty();

        run(temp, "unzip", "-tq", archive.toString());
        run(temp, "unzip", "-q", archive.toString(), "-d", target.toString());

        SortedMap<String, String> expected = TreePicture.of(source).lines();
        SortedMap<String, String> extracted = TreePicture.of(target).lines();
        for (SortedMap<String, String> lines : List.of(expected, extracted)) {
            lines.remove(".");
            // Info-ZIP does not set the times of links.
            lines.remove("link");
            lines.replaceAll((path, line) -> wholeSeconds(line));
        }
        assertThat(extracted).isEqualTo(expected);
        assertThat(Files.readSymbolicLink(target.resolve("link"))).isEqualTo(Path.of("dir/file"));
    }

    @Test
    void importOfExport_zip_hasContentsModesAndLinks() throws IOException {
        EverythingThereIs.make(source);
        ObjectId root = capture();
        ExportResult exported = export(root, EntryPath.ROOT, ExportFormat.ZIP);
        CaptureResult imported = importArchive("copy");
        assertThat(exported.lossCount()).isPositive();
        assertThat(imported.errors()).isEmpty();
        MerkleMap<Entry> copy = MerkleMap.ofEntries(imported.root(), objects);
        List<EntryPath> leftOut = exported.losses().stream()
                .filter(loss -> loss.leftOut())
                .map(loss -> loss.path())
                .toList();
        MerkleMap.ofEntries(root, objects).stream()
                .filter(entry ->
                        !leftOut.contains(entry.path()) && !entry.path().isRoot())
                .forEach(entry -> {
                    Entry other =
                            copy.get(entry.path()).orElseThrow(() -> new AssertionError("not there: " + entry.path()));
                    assertThat(other.type()).isEqualTo(entry.type());
                    assertThat(other.size()).isEqualTo(entry.size());
                    assertThat(other.metadata().mode())
                            .as("" + entry.path())
                            .isEqualTo(entry.metadata().mode());
                    assertThat(other.metadata().owner().uid())
                            .isEqualTo(entry.metadata().owner().uid());
                    assertThat(other.metadata().mtimeSeconds())
                            .isEqualTo(entry.metadata().mtimeSeconds());
                    assertThat(other.target()).isEqualTo(entry.target());
                });
    }

    @Test
    void export_ofAFolder_startsThereAndKeepsLinksAmongWhatIsInIt() throws IOException {
        write("a", noise(1000, 1));
        Files.createDirectory(source.resolve("b"));
        Files.createLink(source.resolve("b/one"), source.resolve("a"));
        Files.createLink(source.resolve("b/two"), source.resolve("a"));
        ObjectId root = capture();

        export(root, EntryPath.parse("b"), ExportFormat.TAR);
        MerkleMap<Entry> copy = MerkleMap.ofEntries(importArchive("copy").root(), objects);

        assertThat(copy.size()).isEqualTo(3);
        assertThat(copy.get(EntryPath.parse("one")).orElseThrow().hardLink()).isInstanceOf(HardLink.First.class);
        assertThat(copy.get(EntryPath.parse("two")).orElseThrow().linkedTo()).isEqualTo(EntryPath.parse("one"));

        export(root, EntryPath.parse("b/two"), ExportFormat.TAR);
        MerkleMap<Entry> one = MerkleMap.ofEntries(importArchive("copy").root(), objects);
        assertThat(one.get(EntryPath.parse("two")).orElseThrow().size()).isEqualTo(1000);
    }

    @Test
    void import_changedFile_isADeltaOfTheFormerSnapshot() throws IOException {
        byte[] content = noise(3 << 20, 1);
        write("file", content);
        ObjectId root = capture();
        content[1 << 20] ^= 1;
        write("file", content);
        ObjectId changed = capture();
        export(changed, EntryPath.ROOT, ExportFormat.TAR);
        export(root, EntryPath.ROOT, ExportFormat.TAR);
        CaptureResult old = importArchive("fresh");
        assertThat(old.chunksNew()).isZero();

        content[2 << 20] ^= 1;
        write("file", content);
        Path tree = Files.createDirectory(temp.resolve("tree"));
        Files.write(tree.resolve("file"), content);
        run(temp, "tar", "-C", tree.toString(), "-cf", archive().toString(), "file");
        CaptureResult imported = importArchive("main");

        assertThat(imported.filesChanged()).isEqualTo(1);
        assertThat(imported.bytesNew()).isBetween(1L, 600_000L);
        assertThat(imported.bytesStored()).isLessThan(60_000);
    }

    @Test
    void import_zipFromAStream_isPutAsideAndImported() throws IOException {
        write("dir/file", noise(700_000, 1));
        ObjectId root = capture();
        export(root, EntryPath.ROOT, ExportFormat.ZIP);
        CaptureResult imported =
                importFrom(new ArchiveInput.OfStream(new ByteArrayInputStream(Files.readAllBytes(archive))), "copy");
        assertThat(imported.chunksNew()).isZero();
        assertThat(MerkleMap.ofEntries(imported.root(), objects)
                        .get(EntryPath.parse("dir/file"))
                        .orElseThrow()
                        .size())
                .isEqualTo(700_000);
        try (var left = Files.list(repository.temporaryFolder())) {
            assertThat(left).isEmpty();
        }
    }

    private static void removeSockets(Path folder) throws IOException {
        try (Directory directory = Directory.open(folder.resolve("special"))) {
            directory.removeFile(RawName.of("socket"));
            directory.setTimes(1_400_000_000, 0);
        }
    }

    /** GNU tar packs each name of a FIFO as one of its own. */
    private static SortedMap<String, String> withoutTarsSlips(SortedMap<String, String> lines) {
        SortedMap<String, String> alike = new TreeMap<>(lines);
        alike.replaceAll((path, line) -> line.startsWith("FIFO") ? line.replaceAll(" linked to .*", "") : line);
        return alike;
    }

    private static String wholeSeconds(String line) {
        return line.replaceAll("(\\d)\\.\\d{9}\\b", "$1");
    }
}
