package dev.cairn.delta.gap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Seeded bases and new versions of them. */
enum GapData {
    /** Lines of words and numbers, some of which are changed, left out or new. */
    TEXT {
        @Override
        byte[] base(SplittableRandom random, int length) {
            return lines(random, length);
        }

        @Override
        byte[] fresh(SplittableRandom random, byte[] base) {
            ByteArrayOutputStream fresh = new ByteArrayOutputStream();
            for (int at = 0; at < base.length; ) {
                int keep = Math.min(base.length - at, 1 + random.nextInt(4000));
                fresh.write(base, at, keep);
                fresh.writeBytes(lines(random, random.nextInt(60)));
                at += keep + random.nextInt(30);
            }
            return fresh.toByteArray();
        }
    },
    /** Noise of which single bytes were changed, as addresses are in a program that was linked again. */
    ADDRESSES {
        @Override
        byte[] fresh(SplittableRandom random, byte[] base) {
            byte[] fresh = base.clone();
            for (int at = random.nextInt(40); at < fresh.length; at += 10 + random.nextInt(40)) {
                fresh[at] = (byte) (fresh[at] + 16);
            }
            return fresh;
        }
    },
    /** Blocks of noise in another order. */
    MOVED {
        @Override
        byte[] fresh(SplittableRandom random, byte[] base) {
            ByteArrayOutputStream fresh = new ByteArrayOutputStream();
            while (fresh.size() < base.length) {
                int from = random.nextInt(base.length);
                fresh.write(base, from, Math.min(base.length - from, 1 + random.nextInt(5000)));
            }
            return fresh.toByteArray();
        }
    },
    /** Noise behind bytes that were not there. */
    SHIFTED {
        @Override
        byte[] fresh(SplittableRandom random, byte[] base) {
            byte[] fresh = new byte[base.length + 1 + random.nextInt(100)];
            random.nextBytes(fresh);
            System.arraycopy(base, 0, fresh, fresh.length - base.length, base.length);
            return fresh;
        }
    },
    /** The same noise. */
    EQUAL {
        @Override
        byte[] fresh(SplittableRandom random, byte[] base) {
            return base.clone();
        }
    },
    /** Other noise. */
    UNRELATED {
        @Override
        byte[] fresh(SplittableRandom random, byte[] base) {
            return base(random, base.length);
        }
    },
    /** Zeros with a few other bytes, other ones in each version. */
    ZEROS {
        @Override
        byte[] base(SplittableRandom random, int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length / 1000; i++) {
                bytes[random.nextInt(length)] = (byte) random.nextInt();
            }
            return bytes;
        }

        @Override
        byte[] fresh(SplittableRandom random, byte[] base) {
            return base(random, base.length);
        }
    },
    /** Everything at once, in runs of any length. */
    MIXED {
        @Override
        byte[] base(SplittableRandom random, int length) {
            byte[] bytes = new byte[length];
            for (int at = 0; at < length; ) {
                int piece = Math.min(length - at, 1 + random.nextInt(1 << random.nextInt(1, 14)));
                switch (random.nextInt(3)) {
                    case 0 -> Arrays.fill(bytes, at, at + piece, (byte) random.nextInt(3));
                    case 1 -> System.arraycopy(lines(random, piece), 0, bytes, at, piece);
                    default -> {
                        for (int i = at; i < at + piece; i++) {
                            bytes[i] = (byte) random.nextInt();
                        }
                    }
                }
                at += piece;
            }
            return bytes;
        }

        @Override
        byte[] fresh(SplittableRandom random, byte[] base) {
            return ADDRESSES.fresh(random, TEXT.fresh(random, MOVED.fresh(random, base)));
        }
    };

    /** The old version. */
    byte[] base(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The new version, about as long. */
    abstract byte[] fresh(SplittableRandom random, byte[] base);

    private static byte[] lines(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder(length + 100);
        while (text.length() < length) {
            text.append("row ").append(random.nextInt(100_000)).append(" is ");
            for (int i = random.nextInt(6); i >= 0; i--) {
                text.append(new String[] {"red", "green", "blue", "warm", "cold"}[random.nextInt(5)])
                        .append(' ');
            }
            text.append('\n');
        }
        return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }
}
