package dev.cairn.chunker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded inputs and the plain way to cut them, for the tests of this package. */
final class TestBytes {
    private TestBytes() {}

    /** Announces the seed, so that a failure can be repeated. */
    static SplittableRandom seeded(long seed) {
        System.out.println("seed=" + seed);
        return new SplittableRandom(seed);
    }

    static byte[] noise(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Noise, text with few letters, zeros and constant bytes, in pieces of all lengths. */
    static byte[] mixed(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            int piece = Math.min(length - at, 1 + random.nextInt(1 << random.nextInt(1, 19)));
            switch (random.nextInt(4)) {
                case 0 -> System.arraycopy(noise(random, piece), 0, bytes, at, piece);
                case 1 -> {
                    for (int i = at; i < at + piece; i++) {
                        bytes[i] = (byte) ('a' + random.nextInt(3));
                    }
                }
                case 2 -> Arrays.fill(bytes, at, at + piece, (byte) random.nextInt(256));
                default -> Arrays.fill(bytes, at, at + piece, (byte) 0);
            }
            at += piece;
        }
        return bytes;
    }

    static GearTable table(SplittableRandom random) {
        return GearTable.keyed(noise(random, GearTable.KEY_BYTES));
    }

    /** The ends of the chunks that a region of these bytes is cut into, by the streaming chunker. */
    static List<Long> regionEnds(Cutter cutter, byte[] bytes) {
        List<Long> ends = new ArrayList<>();
        try {
            new Chunker(cutter)
                    .region(
                            new ByteArrayInputStream(bytes)::read,
                            chunk -> ends.add(chunk.position() + chunk.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ends;
    }

    /** The same by the definition: one hash a position, from scratch, without any short-cut. */
    static List<Long> endsByDefinition(GearTable table, ChunkProfile profile, byte[] bytes) {
        List<Long> ends = new ArrayList<>();
        long[] gear = table.entries();
        int start = 0;
        for (int end = 1; end <= bytes.length; end++) {
            int length = end - start;
            boolean cut = end == bytes.length || length == profile.maxBytes();
            if (!cut && length >= profile.minBytes()) {
                long hash = 0;
                for (int i = end - 64; i < end; i++) {
                    hash = hash * 2 + gear[bytes[i] & 0xFF];
                }
                int bits = length < profile.switchBytes() ? profile.strictBits() : profile.looseBits();
                cut = Long.numberOfLeadingZeros(hash) >= bits;
            }
            if (cut) {
                ends.add((long) end);
                start = end;
            }
        }
        return ends;
    }
}
