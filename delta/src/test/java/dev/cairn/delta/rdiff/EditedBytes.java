package dev.cairn.delta.rdiff;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Seeded files and edited versions of them. */
final class EditedBytes {
    private EditedBytes() {}

    static byte[] noise(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Noise, letters and runs of one byte. */
    static byte[] mixed(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            int piece = Math.min(length - at, 1 + random.nextInt(1 << random.nextInt(1, 16)));
            switch (random.nextInt(3)) {
                case 0 -> System.arraycopy(noise(random, piece), 0, bytes, at, piece);
                case 1 -> {
                    for (int i = at; i < at + piece; i++) {
                        bytes[i] = (byte) ('a' + random.nextInt(3));
                    }
                }
                default -> Arrays.fill(bytes, at, at + piece, (byte) random.nextInt(2));
            }
            at += piece;
        }
        return bytes;
    }

    /** Pieces of the old version, in order or not, with insertions between them. */
    static byte[] edited(SplittableRandom random, byte[] old) {
        ByteArrayOutputStream edited = new ByteArrayOutputStream();
        int at = 0;
        for (int edits = random.nextInt(20); edits >= 0 && at < old.length; edits--) {
            int keep = random.nextInt(old.length - at + 1);
            int from = random.nextInt(4) == 0 ? random.nextInt(old.length - keep + 1) : at;
            edited.write(old, from, keep);
            edited.writeBytes(noise(random, random.nextInt(100)));
            at += keep + random.nextInt(100);
        }
        if (at < old.length) {
            edited.write(old, at, old.length - at);
        }
        return edited.toByteArray();
    }
}
