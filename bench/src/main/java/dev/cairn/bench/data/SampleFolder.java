package dev.cairn.bench.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** Folders to be captured, of exactly known sizes, so that a time a folder is a rate in MiB. */
public final class SampleFolder {

    private static final int MIB = 1 << 20;
    private static final String LARGE_FILE = "large.bin";
    private static final int EDIT_BYTES = 40;
    private static final int EDIT_EVERY_BYTES = 4 << 10;
    private static final int FILES_A_FOLDER = 64;
    private static final double MEDIAN_BYTES = 730;

    /** Makes the mean 4 KiB and so the tail of a tree of sources: a few files are most of the bytes. */
    private static final double SPREAD = 1.85;

    /** What a large file consists of, MiB by MiB. */
    private static final DataKind[] MIXED = {DataKind.DUMP, DataKind.TEXT, DataKind.NOISE, DataKind.DUMP};

    private SampleFolder() {}

    /** One file of {@code mib} MiB: rows, text and noise by turns. */
    public static void oneLargeFile(Path folder, int mib, long seed) throws IOException {
        largeFile(folder, mib, seed, MIXED);
    }

    /** One file of {@code mib} MiB of noise: what is stored and sent is as long as what was read. */
    public static void oneIncompressibleFile(Path folder, int mib, long seed) throws IOException {
        largeFile(folder, mib, seed, DataKind.NOISE);
    }

    /** As {@link #oneLargeFile} of the same seed, with {@value #EDIT_BYTES} bytes of noise in place of others every {@value #EDIT_EVERY_BYTES}. */
    public static void oneEditedFile(Path folder, int mib, long seed) throws IOException {
        oneLargeFile(folder, mib, seed);
        byte[] noise = DataKind.NOISE.bytes(seed, EDIT_BYTES);
        try (FileChannel file = FileChannel.open(folder.resolve(LARGE_FILE), StandardOpenOption.WRITE)) {
            for (long at = 0; at < file.size(); at += EDIT_EVERY_BYTES) {
                file.write(ByteBuffer.wrap(noise), at);
            }
        }
    }

    private static void largeFile(Path folder, int mib, long seed, DataKind... kinds) throws IOException {
        Files.createDirectories(folder);
        try (OutputStream out = Files.newOutputStream(folder.resolve(LARGE_FILE))) {
            for (int i = 0; i < mib; i++) {
                out.write(kinds[i % kinds.length].bytes(seed + i, MIB));
            }
        }
    }

    /**
     * A tree of {@code files} files, {@value #FILES_A_FOLDER} a folder, together exactly {@code mib} MiB. With 256 files a MiB
     * their sizes are about log-normal around 730 bytes, as in a tree of sources; seven of eight are text.
     */
    public static void manySmallFiles(Path folder, int files, int mib, long seed) throws IOException {
        int[] sizes = sizes(files, (long) mib * MIB, new Random(seed));
        for (int i = 0; i < files; i++) {
            Path parent = folder.resolve("part-" + i / FILES_A_FOLDER % 16).resolve("dir-" + i / FILES_A_FOLDER);
            if (i % FILES_A_FOLDER == 0) {
                Files.createDirectories(parent);
            }
            DataKind kind = i % 8 == 7 ? DataKind.NOISE : DataKind.TEXT;
            Files.write(parent.resolve("file-" + i + ".txt"), kind.bytes(seed + i, sizes[i]));
        }
    }

    private static int[] sizes(int files, long totalBytes, Random random) {
        double[] drawn = new double[files];
        for (int i = 0; i < files; i++) {
            drawn[i] = MEDIAN_BYTES * StrictMath.exp(SPREAD * random.nextGaussian());
        }
        double scale = totalBytes / Arrays.stream(drawn).sum();
        int[] sizes = new int[files];
        long sum = 0;
        for (int i = 0; i < files; i++) {
            sizes[i] = (int) (drawn[i] * scale);
            sum += sizes[i];
        }
        sizes[files - 1] += Math.toIntExact(totalBytes - sum);
        return sizes;
    }
}
