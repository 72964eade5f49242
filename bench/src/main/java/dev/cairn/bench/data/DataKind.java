package dev.cairn.bench.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** A kind of content, by how it compresses. The same seed gives the same bytes everywhere. */
public enum DataKind {
    /** Source code and prose: indented lines of words, a few of which are most of the text. */
    TEXT {
        @Override
        void fill(byte[] target, SplittableRandom random) {
            Words words = Words.ENGLISH_LIKE;
            int at = 0;
            while (at < target.length) {
                at = pad(target, at, 4 * random.nextInt(4));
                int count = 3 + random.nextInt(9);
                for (int i = 0; i < count; i++) {
                    at = put(target, at, words.next(random));
                    at = put(target, at, SEPARATORS[random.nextInt(SEPARATORS.length)]);
                }
                at = put(target, at, LINE_ENDS[random.nextInt(LINE_ENDS.length)]);
            }
        }
    },
    /** Rows as a database dumps them: one statement after another, running keys, short texts, numbers, times. */
    DUMP {
        @Override
        void fill(byte[] target, SplittableRandom random) {
            Words words = Words.ENGLISH_LIKE;
            long key = 1_000_000L + random.nextInt(1_000_000);
            int at = 0;
            while (at < target.length) {
                at = put(target, at, INSERT);
                at = number(target, at, key++);
                at = put(target, at, QUOTE_AFTER_COMMA);
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    at = put(target, at, words.next(random));
                    at = pad(target, at, 1);
                }
                at = put(target, at, DATE_AFTER_QUOTE);
                at = number(target, at, 10 + random.nextInt(18));
                at = put(target, at, HOUR_AFTER_DAY);
                at = number(target, at, 10 + random.nextInt(50));
                at = put(target, at, QUOTE_COMMA);
                at = number(target, at, random.nextInt(1_000_000_000));
                at = put(target, at, END_OF_ROW);
            }
        }
    },
    /** Random bytes: what is encrypted or compressed already. */
    NOISE {
        @Override
        void fill(byte[] target, SplittableRandom random) {
            random.nextBytes(target);
        }
    },
    /** An image of a disk that is mostly empty: zeros, and in one of 16 blocks of 4 KiB something. */
    SPARSE {
        @Override
        void fill(byte[] target, SplittableRandom random) {
            byte[] block = new byte[BLOCK_BYTES];
            for (int at = 0; at + BLOCK_BYTES <= target.length; at += BLOCK_BYTES) {
                if (random.nextInt(16) == 0) {
                    TEXT.fill(block, random);
                    System.arraycopy(block, 0, target, at, BLOCK_BYTES);
                }
            }
        }
    };

    private static final int BLOCK_BYTES = 4 << 10;
    private static final byte[][] SEPARATORS = ascii(" ", " ", " ", ".", "(", ", ", " = ", "_");
    private static final byte[][] LINE_ENDS = ascii(";\n", ";\n", " {\n", "}\n", ".\n\n");
    private static final byte[] INSERT = Words.ascii("INSERT INTO events VALUES (");
    private static final byte[] QUOTE_AFTER_COMMA = Words.ascii(",'");
    private static final byte[] DATE_AFTER_QUOTE = Words.ascii("','2026-11-");
    private static final byte[] HOUR_AFTER_DAY = Words.ascii(" 08:00:");
    private static final byte[] QUOTE_COMMA = Words.ascii("',");
    private static final byte[] END_OF_ROW = Words.ascii(",NULL,0);\n");

    /** Overwrites {@code target}, which is all zeros, with content of this kind. */
    abstract void fill(byte[] target, SplittableRandom random);

    /** {@code length} bytes of this kind, in a new array. */
    public byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        fill(bytes, new SplittableRandom(seed));
        return bytes;
    }

    private static byte[][] ascii(String... texts) {
        return Arrays.stream(texts).map(Words::ascii).toArray(byte[][]::new);
    }

    /** Writes as much of {@code text} as fits and gives the place behind it. */
    private static int put(byte[] target, int at, byte[] text) {
        int count = Math.min(text.length, target.length - at);
        System.arraycopy(text, 0, target, at, count);
        return at + count;
    }

    private static int pad(byte[] target, int at, int spaces) {
        int end = Math.min(target.length, at + spaces);
        Arrays.fill(target, at, end, (byte) ' ');
        return end;
    }

    private static int number(byte[] target, int at, long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            if (i < target.length) {
                target[i] = (byte) ('0' + rest % 10);
            }
            rest /= 10;
        }
        return Math.min(target.length, at + digits);
    }
}
