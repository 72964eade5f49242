package dev.cairn.cas.lmdb;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Something that a disk, or a person, does to a replica's files.
 *
 * @param name tells it in a failure's message
 */
record Damage(String name, Deed deed) {

    static final int PAGE_BYTES = 4096;

    /** Bytes of a meta page that LMDB uses. */
    static final int META_BYTES = 152;

    /** What is done to the replica in a folder. */
    @FunctionalInterface
    interface Deed {
        void to(Path folder) throws IOException;
    }

    /** Where the index is in a replica's folder. */
    static final String INDEX = "index/data.mdb";

    static String volume(int number) {
        return "volumes/%06d.mdb".formatted(number);
    }

    /** The file ends after so many bytes. */
    static Damage truncated(String file, long bytes) {
        return new Damage(file + " cut to " + bytes, folder -> {
            try (RandomAccessFile open =
                    new RandomAccessFile(folder.resolve(file).toFile(), "rw")) {
                open.setLength(bytes);
            }
        });
    }

    /** These bits of one byte are changed. */
    static Damage flipped(String file, long at, int bits) {
        return new Damage(
                "%s byte %d of page %d ^ %02x".formatted(file, at % PAGE_BYTES, at / PAGE_BYTES, bits), folder -> {
                    try (RandomAccessFile open =
                            new RandomAccessFile(folder.resolve(file).toFile(), "rw")) {
                        open.seek(at);
                        int before = open.read();
                        open.seek(at);
                        open.write(before ^ bits);
                    }
                });
    }

    /** The file has these bytes and no others. */
    static Damage replaced(String file, String how, byte[] bytes) {
        return new Damage(file + " " + how, folder -> Files.write(folder.resolve(file), bytes));
    }

    static Damage removed(String file) {
        return new Damage(file + " removed", folder -> Files.delete(folder.resolve(file)));
    }

    static Damage swapped(String one, String other) {
        return new Damage(one + " and " + other + " swapped", folder -> {
            Path between = folder.resolve("between");
            Files.move(folder.resolve(one), between);
            Files.move(folder.resolve(other), folder.resolve(one));
            Files.move(between, folder.resolve(other));
        });
    }

    /** The file goes on after its end. */
    static Damage extended(String file, byte[] garbage) {
        return new Damage(file + " extended by " + garbage.length, folder -> {
            try (RandomAccessFile open =
                    new RandomAccessFile(folder.resolve(file).toFile(), "rw")) {
                open.seek(open.length());
                open.write(garbage);
            }
        });
    }

    /** A cut at the start of every page, and in the middle of the second. */
    static List<Damage> cuts(Path folder, String file) throws IOException {
        List<Damage> cuts = new ArrayList<>();
        for (long at = 0; at < Files.size(folder.resolve(file)); at += PAGE_BYTES) {
            cuts.add(truncated(file, at));
        }
        cuts.add(truncated(file, PAGE_BYTES + PAGE_BYTES / 2));
        return cuts;
    }

    /** One bit of every page, every other time among the first bytes, where LMDB's header is and containers begin. */
    static List<Damage> flips(Path folder, String file, SplittableRandom random) throws IOException {
        List<Damage> flips = new ArrayList<>();
        for (long page = 0; page < Files.size(folder.resolve(file)); page += PAGE_BYTES) {
            int at = random.nextInt(random.nextBoolean() ? PAGE_BYTES : 100);
            flips.add(flipped(file, page + at, 1 << random.nextInt(8)));
        }
        return flips;
    }

    /** One bit of every byte of the two meta pages. */
    static List<Damage> metaFlips(String file, SplittableRandom random) {
        List<Damage> flips = new ArrayList<>();
        for (int at = 0; at < META_BYTES; at++) {
            flips.add(flipped(file, at, 1 << random.nextInt(8)));
            flips.add(flipped(file, PAGE_BYTES + at, 1 << random.nextInt(8)));
        }
        return flips;
    }

    /** What happens to whole files. */
    static List<Damage> ofWholeFiles(Path folder, String file, SplittableRandom random) throws IOException {
        int length = (int) Files.size(folder.resolve(file));
        byte[] garbage = new byte[3 * PAGE_BYTES + 77];
        random.nextBytes(garbage);
        return List.of(
                removed(file),
                replaced(file, "empty", new byte[0]),
                replaced(file, "one byte", new byte[1]),
                replaced(file, "zeros", new byte[length]),
                replaced(file, "two pages of zeros", new byte[2 * PAGE_BYTES]),
                replaced(file, "garbage", garbage),
                extended(file, garbage),
                extended(file, new byte[1]));
    }
}
