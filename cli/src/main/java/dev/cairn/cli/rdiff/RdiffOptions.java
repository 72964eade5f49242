package dev.cairn.cli.rdiff;

import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.delta.rdiff.SignatureKind;
import dev.cairn.delta.rdiff.SignatureParameters;
import java.util.Locale;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options of {@code cairn rdiff}, before or after its step's name, with the letters that rdiff gives them. */
final class RdiffOptions {

    enum Hash {
        BLAKE2,
        MD4
    }

    enum RollingSum {
        RABINKARP,
        ROLLSUM
    }

    private static final int STRONG_BYTES_LEAST = -1;
    private static final int RECOMMENDED = 0;

    @Option(
            names = {"-f", "--force"},
            scope = ScopeType.INHERIT,
            description = "Replace an output that is there.")
    private boolean force;

    @Option(
            names = {"-H", "--hash"},
            paramLabel = "blake2|md4",
            scope = ScopeType.INHERIT,
            defaultValue = "blake2",
            description = "signature: the strong sum. Default: ${DEFAULT-VALUE}. MD4 is broken; for old peers.")
    private Hash hash = Hash.BLAKE2;

    @Option(
            names = {"-R", "--rollsum"},
            paramLabel = "rabinkarp|rollsum",
            scope = ScopeType.INHERIT,
            defaultValue = "rabinkarp",
            description = "signature: the rolling sum. Default: ${DEFAULT-VALUE}.")
    private RollingSum rollingSum = RollingSum.RABINKARP;

    @Option(
            names = {"-b", "--block-size"},
            paramLabel = "BYTES",
            scope = ScopeType.INHERIT,
            defaultValue = "0",
            description = "signature: length of a block; 0, the default, for about the square root of the basis.")
    private int blockBytes;

    @Option(
            names = {"-S", "--sum-size"},
            paramLabel = "BYTES",
            scope = ScopeType.INHERIT,
            defaultValue = "0",
            description =
                    "signature: how much of each strong sum is kept; 0, the default, for all, -1 for the least that is"
                            + " safe against chance.")
    private int strongBytes;

    @Option(
            names = {"-n", "--dry-run"},
            scope = ScopeType.INHERIT,
            description = "Only say what would be made; write nothing.")
    private boolean dryRun;

    boolean dryRun() {
        return dryRun;
    }

    boolean force() {
        return force;
    }

    String hash() {
        return hash.name().toLowerCase(Locale.ROOT);
    }

    String rollingSum() {
        return rollingSum.name().toLowerCase(Locale.ROOT);
    }

    /**
     * What the signature of a basis is made with.
     *
     * @param basisBytes length of the basis, negative if unknown
     * @throws CommandFailure if the lengths asked for are out of bounds
     */
    SignatureParameters parameters(long basisBytes) {
        SignatureKind kind = switch (rollingSum) {
            case ROLLSUM -> hash == Hash.MD4 ? SignatureKind.ROLLSUM_MD4 : SignatureKind.ROLLSUM_BLAKE2;
            case RABINKARP -> hash == Hash.MD4 ? SignatureKind.RABINKARP_MD4 : SignatureKind.RABINKARP_BLAKE2;
        };
        try {
            int block = blockBytes == RECOMMENDED ? SignatureParameters.recommendedBlockBytes(basisBytes) : blockBytes;
            int strong = switch (strongBytes) {
                case RECOMMENDED -> kind.strongBytesMax();
                case STRONG_BYTES_LEAST -> SignatureParameters.strongBytesMin(basisBytes, block);
                default -> strongBytes;
            };
            return new SignatureParameters(kind, block, strong);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "See 'cairn rdiff signature --help'.");
        }
    }
}
