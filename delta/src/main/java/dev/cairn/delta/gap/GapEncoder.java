package dev.cairn.delta.gap;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes gap deltas: what of new bytes stands in a base, and a payload that rebuilds the new bytes from that base.
 *
 * <p>Matching and writing are two calls, so that pieces of the base that nothing used can be {@linkplain Matches#takeOutUnused taken out} between them.
 * The same input gives the same payload with the same version of zstd.
 *
 * <p>One thread at a time. Keeps what it allocated for the next call: on the heap up to about 10 MiB for a base of 13 MiB and three times the
 * new bytes, in native memory what zstd needs at the level, twice.
 */
public final class GapEncoder implements AutoCloseable {
    /** The most new bytes of one delta. */
    public static final int FRESH_BYTES_MAX = (4 << 20) + (256 << 10);

    /** The longest base. */
    public static final int BASE_BYTES_MAX = 13 << 20;

    /** zstd's level for columns of few symbols, which are worth all the effort: a dump's payloads become 1.2 % smaller than at level 9. */
    private static final int FEW_SYMBOLS_LEVEL = 17;

    private static final int FEW_SYMBOLS_MAX = 4096;

    /**
     * At least this is zstd's level for columns of many symbols and for differences. At level 9 the payloads of a disk image were 0.4 % smaller and took
     * a fifteenth longer in all, with 13 MB more of memory.
     */
    private static final int LEVEL_MIN = 4;

    /** Literals up to this size are compressed with the beginning of the base as a dictionary. */
    private static final int LITERALS_WITH_BASE_MAX = 256 << 10;

    private static final int LITERALS_WITH_BASE_MIN = 64;

    /**
     * So many literals are packed both with differences and without, and what is shorter is kept: 2 % of the payloads of a dump. Of more, doing
     * so took twice the time and made a disk image's payloads 0.1 % smaller: there the entropy of the bytes decides, since differences of hexadecimal
     * digits have a third more of it than these themselves, those of addresses less.
     */
    private static final int BOTH_WAYS_MAX = 32 << 10;

    /** Differences are tried where they could replace so many literals, and one of so many. */
    private static final int DIFFERENCES_MIN = 256;

    private static final int DIFFERENCES_PARTS = 32;

    private int level;
    private final Matcher matcher = new Matcher();
    private final Matches matches = new Matches();
    private final SymbolColumns symbols = new SymbolColumns();
    private final FramePacker packer = new FramePacker();
    private final ByteSink gathered = new ByteSink();
    private final ByteSink differences = new ByteSink();
    /** How often each byte comes in the differences, and in the literals that they stand for. */
    private final int[] differingBytes = new int[256];

    private final int[] replacedBytes = new int[256];
    private final ByteSink packedSymbols = new ByteSink();
    private final ByteSink packedPlainly = new ByteSink();
    private final ByteSink packedLiterals = new ByteSink();

    /**
     * @param level as for {@link #useLevel}
     */
    public GapEncoder(int level) {
        useLevel(level);
    }

    /**
     * Compresses at another level from now on; what is right for one delta need not be for the next.
     *
     * @param level zstd's, 1 to 19, for literal bytes, and where it is {@value #LEVEL_MIN} or higher, for differences and columns of many symbols
     */
    public void useLevel(int level) {
        if (level < 1 || level > 19) {
            throw new IllegalArgumentException("the zstd level (%d) must be within 1..19".formatted(level));
        }
        this.level = level;
    }

    /**
     * Finds what of {@code fresh[from..to)} stands in the first {@code baseLength} bytes of {@code base}. Either may be empty.
     *
     * @return the same object at each call
     * @throws IllegalArgumentException if the base is longer than {@link #BASE_BYTES_MAX} or the range than {@link #FRESH_BYTES_MAX}
     */
    public Matches match(byte[] base, int baseLength, byte[] fresh, int from, int to) {
        GapFormat.checkBase(base, baseLength);
        Objects.checkFromToIndex(from, to, fresh.length);
        if (to - from > FRESH_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the new bytes (%d) must be at most %d".formatted(to - from, FRESH_BYTES_MAX));
        }
        matcher.match(base, baseLength, fresh, from, to, matches);
        return matches;
    }

    /**
     * Writes the payload of the last {@link #match}.
     *
     * @param base what was matched, or what {@link Matches#takeOutUnused} left of it
     * @param fresh what was matched
     * @param bytesMax the longest payload that is of use
     * @return the payload, or nothing if it is longer
     */
    public Optional<byte[]> encode(byte[] base, byte[] fresh, int bytesMax) {
        GapFormat.checkBase(base, matches.baseLength());
        symbols.fill(matches);
        packedSymbols.clear();
        packSymbols();
        int literals = gatherLiterals(fresh);
        boolean useBase =
                literals >= LITERALS_WITH_BASE_MIN && literals <= LITERALS_WITH_BASE_MAX && matches.baseLength() > 0;
        if (useBase) {
            packer.useBase(base, matches.baseLength(), level);
        }
        boolean bothWays = literals <= BOTH_WAYS_MAX;
        packedPlainly.clear();
        if (bothWays) {
            packLiterals(useBase, packedPlainly);
        }
        int differing = gatherDifferences(base, fresh, bothWays);
        if (bothWays && differing == 0) {
            return assemble(literals, 0, packedPlainly, bytesMax);
        }
        packedLiterals.clear();
        if (differing > 0) {
            packer.pack(differences.bytes(), 0, differing, Math.max(level, LEVEL_MIN), packedLiterals);
        }
        packLiterals(useBase, packedLiterals);
        return bothWays && packedPlainly.length() <= packedLiterals.length()
                ? assemble(literals, 0, packedPlainly, bytesMax)
                : assemble(literals, differing, packedLiterals, bytesMax);
    }

    private Optional<byte[]> assemble(int literals, int differing, ByteSink tail, int bytesMax) {
        ByteSink head = gathered;
        head.clear();
        head.put((GapFormat.VERSION << 4) | (differing > 0 ? GapFormat.FLAG_DIFFERENCES : 0));
        head.putLeb128(symbols.count());
        head.putLeb128(literals - differing);
        if (differing > 0) {
            head.putLeb128(differing);
        }
        head.putLeb128(symbols.bits().length());
        int length = head.length() + packedSymbols.length() + tail.length();
        if (length > bytesMax) {
            return Optional.empty();
        }
        byte[] payload = new byte[length];
        int at = 0;
        for (ByteSink part : new ByteSink[] {head, packedSymbols, tail}) {
            System.arraycopy(part.bytes(), 0, payload, at, part.length());
            at += part.length();
        }
        return Optional.of(payload);
    }

    private void packSymbols() {
        int count = symbols.count();
        if (count > 0) {
            int symbolLevel = count <= FEW_SYMBOLS_MAX ? FEW_SYMBOLS_LEVEL : Math.max(level, LEVEL_MIN);
            packer.pack(symbols.literalLengths(), 0, count, symbolLevel, packedSymbols);
            packer.pack(symbols.copyLengths(), 0, count, symbolLevel, packedSymbols);
            packer.pack(symbols.offsets(), 0, count, symbolLevel, packedSymbols);
            packedSymbols.put(symbols.bits().bytes(), 0, symbols.bits().length());
        }
    }

    private void packLiterals(boolean useBase, ByteSink sink) {
        for (int at = 0; at < gathered.length(); at += GapFormat.LITERAL_FRAME_BYTES) {
            int length = Math.min(gathered.length() - at, GapFormat.LITERAL_FRAME_BYTES);
            if (useBase) {
                packer.packWithBase(gathered.bytes(), at, length, sink);
            } else {
                packer.pack(gathered.bytes(), at, length, level, sink);
            }
        }
    }

    private int gatherLiterals(byte[] fresh) {
        gathered.clear();
        int at = matches.freshFrom();
        for (int i = 0; i < matches.copies(); i++) {
            gathered.put(fresh, at, matches.literal(i));
            at += matches.literal(i) + matches.length(i);
        }
        gathered.put(fresh, at, matches.tail());
        return gathered.length();
    }

    /**
     * Parts the literals into differences and others, unless there are too few that could be differences, or they look longer and are not tried
     * {@code bothWays}.
     */
    private int gatherDifferences(byte[] base, byte[] fresh, boolean bothWays) {
        int eligible = eligibleLiterals();
        if (eligible < DIFFERENCES_MIN || eligible < gathered.length() / DIFFERENCES_PARTS) {
            return 0;
        }
        Arrays.fill(replacedBytes, 0);
        count(gathered, 1, replacedBytes);
        part(base, fresh);
        count(gathered, -1, replacedBytes);
        Arrays.fill(differingBytes, 0);
        count(differences, 1, differingBytes);
        if (!bothWays && bits(differingBytes) >= bits(replacedBytes)) {
            gatherLiterals(fresh);
            return 0;
        }
        return differences.length();
    }

    // Each loop has a method of its own: all of them in one took the compiler half a second of the ten that a snapshot
    // lasts.

    private int eligibleLiterals() {
        int eligible = 0;
        int expected = 0;
        for (int i = 0; i < matches.copies(); i++) {
            int literal = matches.literal(i);
            if (GapFormat.isDifferenceGap(literal, matches.source(i) - expected - literal)) {
                eligible += literal;
            }
            expected = matches.source(i) + matches.length(i);
        }
        return eligible;
    }

    private void part(byte[] base, byte[] fresh) {
        gathered.clear();
        differences.clear();
        int at = matches.freshFrom();
        int expected = 0;
        for (int i = 0; i < matches.copies(); i++) {
            int literal = matches.literal(i);
            if (GapFormat.isDifferenceGap(literal, matches.source(i) - expected - literal)) {
                subtract(base, expected, fresh, at, literal, differences.room(literal), differences.length());
                differences.added(literal);
            } else {
                gathered.put(fresh, at, literal);
            }
            at += literal + matches.length(i);
            expected = matches.source(i) + matches.length(i);
        }
        gathered.put(fresh, at, matches.tail());
    }

    private static void subtract(byte[] base, int from, byte[] fresh, int at, int length, byte[] to, int toAt) {
        for (int k = 0; k < length; k++) {
            to[toAt + k] = (byte) (fresh[at + k] - base[from + k]);
        }
    }

    private static void count(ByteSink bytes, int step, int[] counts) {
        byte[] all = bytes.bytes();
        for (int i = 0; i < bytes.length(); i++) {
            counts[all[i] & 0xFF] += step;
        }
    }

    /** What so many of each byte take at least, each on its own. */
    private static double bits(int[] counts) {
        double logs = 0;
        double sum = 0;
        for (int count : counts) {
            if (count > 0) {
                logs += count * Math.log(count);
                sum += count;
            }
        }
        return sum == 0 ? 0 : (sum * Math.log(sum) - logs) / Math.log(2);
    }

    @Override
    public void close() {
        packer.close();
    }
}
