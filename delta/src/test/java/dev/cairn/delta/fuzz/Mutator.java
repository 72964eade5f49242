package dev.cairn.delta.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Changes bytes in the ways that parsers fail by: flipped bits, lengths out of bounds, parts lost, repeated or exchanged. */
final class Mutator {

    private static final int BYTES_MAX = 1 << 16;
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        127,
        128,
        255,
        256,
        32_767,
        65_535,
        65_536,
        1 << 20,
        1 << 24,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xffff_ffffL,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private final List<byte[]> corpus;
    private final RandomGenerator random;

    Mutator(List<byte[]> corpus, RandomGenerator random) {
        this.corpus = corpus;
        this.random = random;
    }

    /** One of the corpus, changed in one to four places. */
    byte[] next() {
        byte[] bytes = any().clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            bytes = changed(bytes);
        }
        return bytes.length <= BYTES_MAX ? bytes : Arrays.copyOf(bytes, BYTES_MAX);
    }

    private byte[] any() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] changed(byte[] bytes) {
        if (bytes.length == 0) {
            return replaced(bytes, 0, 0, noise());
        }
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(bytes.length - at, random.nextBoolean() ? 8 : bytes.length));
        return switch (random.nextInt(11)) {
            case 0, 1 -> {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            case 2 -> {
                bytes[at] = (byte) NUMBERS[random.nextInt(NUMBERS.length)];
                yield bytes;
            }
            case 3, 4 -> withNumber(bytes, at);
            case 5 -> Arrays.copyOf(bytes, at);
            case 6 -> replaced(bytes, at, at + length, new byte[0]);
            case 7 -> replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            case 8, 9 -> resized(bytes, at);
            default -> {
                byte[] other = random.nextInt(3) == 0 ? noise() : any();
                int from = random.nextInt(other.length + 1);
                int count = random.nextInt(other.length - from + 1);
                yield replaced(
                        bytes,
                        at,
                        random.nextBoolean() ? at : at + length,
                        Arrays.copyOfRange(other, from, from + count));
            }
        };
    }

    private byte[] withNumber(byte[] bytes, int at) {
        long number = random.nextInt(4) == 0 ? bytes.length - at : NUMBERS[random.nextInt(NUMBERS.length)];
        int width = 1 << random.nextInt(4);
        boolean isBigEndian = random.nextBoolean();
        for (int i = 0; i < width && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (number >>> (8 * (isBigEndian ? width - 1 - i : i)));
        }
        return bytes;
    }

    /** What stands behind a byte that may be its length, shorter or longer, and the length with it. */
    private byte[] resized(byte[] bytes, int from) {
        for (int at = from; at < bytes.length; at++) {
            int length = bytes[at];
            if (length > 0 && length <= bytes.length - at - 1 && random.nextInt(4) > 0) {
                int resized = random.nextInt(Math.min(127, length + 9));
                byte[] content = Arrays.copyOf(Arrays.copyOfRange(bytes, at + 1, at + 1 + length), resized);
                byte[] result = replaced(bytes, at + 1, at + 1 + length, content);
                result[at] = (byte) resized;
                return result;
            }
        }
        return bytes;
    }

    private byte[] noise() {
        byte[] noise = new byte[1 + random.nextInt(16)];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] replaced(byte[] bytes, int from, int to, byte[] by) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + by.length);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(bytes, to, result, from + by.length, bytes.length - to);
        return result;
    }
}
