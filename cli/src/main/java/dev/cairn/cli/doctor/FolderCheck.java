package dev.cairn.cli.doctor;

import dev.cairn.cas.file.DurableFile;
import dev.cairn.cas.file.FolderTree;
import dev.cairn.cas.lmdb.NetworkFileSystem;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileNodes;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.text.SizeText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/** The file system that a repository is on, or would be: its type, its room, and whether it does what a store needs of it. */
final class FolderCheck {

    private static final long FREE_BYTES_MIN = 64L << 20;
    private static final long FREE_BYTES_ENOUGH = 1L << 30;
    private static final long FREE_NODES_MIN = 1_000;

    /** A twentieth of the repository should be free: a collection writes anew what it keeps. */
    private static final int FREE_PARTS = 20;

    private static final int HOLE_BYTES = 8 << 20;
    private static final long SYNC_MILLIS_SLOW = 250;

    private final Findings findings;
    private final Path folder;

    /** @param folder there, or to be made */
    FolderCheck(Findings findings, Path folder) {
        this.findings = findings;
        this.folder = folder;
    }

    /** @param repositoryBytes what the repository takes; 0 if there is none */
    void run(long repositoryBytes) {
        Path there = folder.toAbsolutePath();
        while (!Files.isDirectory(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            FileStore store = Files.getFileStore(there);
            type(store, there);
            space(store, there, repositoryBytes);
        } catch (IOException e) {
            findings.problem("file-system", "it cannot be asked about: " + there, "Check that it is mounted.");
        }
        nodes(there);
        trial(there);
    }

    private void type(FileStore store, Path there) {
        String text = "%s is on %s (%s)".formatted(there, store.type(), store.name());
        if (NetworkFileSystem.isOfType(store.type())) {
            findings.problem(
                    "file-system",
                    text + ", which is on a network",
                    "Locks and maps cannot be relied on there: keep the repository on a local disk, and push it to a"
                            + " server.");
        } else {
            findings.ok("file-system", text);
        }
    }

    private void space(FileStore store, Path there, long repositoryBytes) throws IOException {
        long free = store.getUsableSpace();
        String text = "%s free at %s%s"
                .formatted(
                        SizeText.of(free),
                        there,
                        repositoryBytes == 0 ? "" : "; the repository takes " + SizeText.of(repositoryBytes));
        String hint = "Make room: 'cairn forget' and 'cairn gc' give back what old snapshots take.";
        if (free < FREE_BYTES_MIN) {
            findings.problem("free-space", text, hint);
        } else if (free < FREE_BYTES_ENOUGH || free < repositoryBytes / FREE_PARTS) {
            findings.warning("free-space", text, hint);
        } else {
            findings.ok("free-space", text);
        }
    }

    private void nodes(Path there) {
        OptionalLong free = FileNodes.free(there.toString().getBytes(StandardCharsets.UTF_8));
        if (free.isEmpty()) {
            findings.ok("free-inodes", "this file system has no limit of files, or does not tell it");
        } else if (free.getAsLong() < FREE_NODES_MIN) {
            findings.problem(
                    "free-inodes",
                    "room for only %,d more files".formatted(free.getAsLong()),
                    "Remove files, or move the repository: it takes few files, but a restore makes many.");
        } else {
            findings.ok("free-inodes", "room for %,d more files".formatted(free.getAsLong()));
        }
    }

    private void trial(Path there) {
        Path parent = Files.isDirectory(folder.resolve("tmp")) ? folder.resolve("tmp") : there;
        Path scratch;
        try {
            scratch = Files.createTempDirectory(parent, "doctor-");
        } catch (IOException e) {
            findings.warning(
                    "writable",
                    "nothing can be written to %s: %s"
                            .formatted(parent, Failures.problem(e).message()),
                    "Commands that only read work; for a snapshot this user needs the right to write.");
            return;
        }
        try {
            sync(scratch);
            sparse(scratch);
        } catch (IOException e) {
            findings.problem(
                    "sync",
                    "a file cannot be written and synced in %s: %s"
                            .formatted(parent, Failures.problem(e).message()),
                    "What a command reports as stored would not be safe here: check the disk and its mount options.");
        } finally {
            remove(scratch);
        }
    }

    private void remove(Path scratch) {
        try {
            FolderTree.deleteIfExists(scratch);
        } catch (IOException e) {
            findings.warning("writable", "a trial could not be removed: " + scratch, "Remove it by hand.");
        }
    }

    private void sync(Path scratch) throws IOException {
        long began = System.nanoTime();
        DurableFile.create(scratch.resolve("synced"), new byte[4096]);
        long millis = (System.nanoTime() - began) / 1_000_000;
        if (millis > SYNC_MILLIS_SLOW) {
            findings.warning(
                    "sync",
                    "a file is synced, in %,d ms".formatted(millis),
                    "The disk is slow or busy: each commit waits for it.");
        } else {
            findings.ok("sync", "a file is synced, in %,d ms".formatted(millis));
        }
    }

    private void sparse(Path scratch) throws IOException {
        Path file = scratch.resolve("sparse");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), HOLE_BYTES);
        }
        long allocated;
        try (Directory directory = Directory.open(scratch)) {
            allocated =
                    directory.stat("sparse".getBytes(StandardCharsets.US_ASCII)).blocks() * 512;
        }
        if (allocated < HOLE_BYTES) {
            findings.ok("sparse-files", "holes in files take no space");
        } else {
            findings.warning(
                    "sparse-files",
                    "holes in files take space here",
                    "The repository and restored files with holes take more room than elsewhere.");
        }
    }
}
