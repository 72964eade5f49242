package dev.cairn.cas.seal;

import java.util.Locale;

/** How new records are compressed. What is stored already may be compressed otherwise: each record says how. */
public sealed interface Compression {

    /** Zstandard, level 3: what a repository uses unless told otherwise. */
    Compression DEFAULT = new Zstd(Zstd.DEFAULT_LEVEL);

    /** Zstandard at a level: higher is smaller and slower. */
    record Zstd(int level) implements Compression {

        /** The level of a repository that was not told otherwise. */
        public static final int DEFAULT_LEVEL = 3;

        /** The highest level; those above want more memory than a run has bytes. */
        public static final int LEVEL_MAX = 19;

        public Zstd {
            if (level < 1 || level > LEVEL_MAX) {
                throw new IllegalArgumentException(
                        "the zstd level (%d) must be within 1..%d".formatted(level, LEVEL_MAX));
            }
        }

        @Override
        public String toString() {
            return "zstd:" + level;
        }
    }

    /** LZ4: faster, and larger. */
    record Lz4() implements Compression {
        @Override
        public String toString() {
            return "lz4";
        }
    }

    /** None: sizes then tell nothing of the contents but their length. */
    record None() implements Compression {
        @Override
        public String toString() {
            return "none";
        }
    }

    /**
     * Reads {@code zstd}, {@code zstd:N}, {@code lz4} or {@code none}.
     *
     * @throws IllegalArgumentException with a sentence for the user if it is none of them
     */
    static Compression parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "zstd" -> DEFAULT;
            case "lz4" -> new Lz4();
            case "none" -> new None();
            default -> {
                if (!lower.matches("zstd:\\d{1,3}")) {
                    throw new IllegalArgumentException("compression is zstd, zstd:1 to zstd:%d, lz4 or none, not '%s'"
                            .formatted(Zstd.LEVEL_MAX, text.length() <= 40 ? text : text.substring(0, 40) + "..."));
                }
                yield new Zstd(Integer.parseInt(lower.substring(5)));
            }
        };
    }
}
