package dev.cairn.bench.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A vocabulary whose words are as unequally frequent as those of a language: the word of rank r about 1/r times as often as the
 * first (Zipf).
 */
final class Words {

    private static final String[] SYLLABLES = {
        "re", "con", "ta", "ble", "in", "ter", "na", "me", "val", "ue", "get", "set", "pro", "file", "or", "der", "str",
        "ing", "to", "ex", "cept", "ion", "a", "lo", "cal", "un", "der", "st", "and", "th", "is", "qu", "er", "y", "map"
    };

    /** Four thousand words of one to four syllables. */
    static final Words ENGLISH_LIKE = new Words(4096, 20_26);

    private static final int DRAWS = 1 << 16;

    /** Each word in as many places as it is frequent: a draw is one random index. */
    private final byte[][] draws = new byte[DRAWS][];

    private Words(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double sum = 0;
        for (int rank = 1; rank <= count; rank++) {
            sum += 1.0 / rank;
        }
        double share = 0;
        int filled = 0;
        for (int rank = 1; rank <= count; rank++) {
            StringBuilder word = new StringBuilder();
            for (int syllables = 1 + random.nextInt(4); syllables > 0; syllables--) {
                word.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
            }
            share += 1.0 / rank / sum;
            int end = rank == count ? DRAWS : (int) (share * DRAWS);
            Arrays.fill(draws, filled, end, ascii(word.toString()));
            filled = end;
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A word, not to be changed. */
    byte[] next(SplittableRandom random) {
        return draws[random.nextInt(DRAWS)];
    }
}
