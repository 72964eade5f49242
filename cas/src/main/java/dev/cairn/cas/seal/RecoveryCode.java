package dev.cairn.cas.seal;

import dev.cairn.cas.WrongKeyException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A code that is printed once and kept on paper: 26 random symbols of Crockford's base 32 (130 bits) and 4 that check them
 * (20 bits of SHA-256), in groups of five.
 *
 * <p>What is typed back may be in either case, with spaces, dashes or nothing between the groups, with O for 0 and I or L
 * for 1.
 */
public final class RecoveryCode implements SlotSecret {

    private static final String SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int RANDOM_SYMBOLS = 26;
    private static final int CHECK_SYMBOLS = 4;
    private static final int GROUP_SYMBOLS = 5;
    private static final int TYPED_CHARS_MAX = 200;

    private final String random;

    private RecoveryCode(String random) {
        this.random = random;
    }

    /** A new code. */
    public static RecoveryCode generate(Entropy entropy) {
        StringBuilder random = new StringBuilder(RANDOM_SYMBOLS);
        for (byte octet : entropy.bytes(RANDOM_SYMBOLS)) {
            random.append(SYMBOLS.charAt(octet & 31));
        }
        return new RecoveryCode(random.toString());
    }

    /**
     * Reads a code as a person types it.
     *
     * @throws WrongKeyException if it cannot be a code, or was mistyped
     */
    public static RecoveryCode parse(CharSequence typed) {
        if (typed.length() > TYPED_CHARS_MAX) {
            throw mistyped("is too long");
        }
        StringBuilder symbols = new StringBuilder();
        for (char c : typed.toString().toUpperCase(Locale.ROOT).toCharArray()) {
            char symbol = switch (c) {
                case 'O' -> '0';
                case 'I', 'L' -> '1';
                default -> c;
            };
            if (Character.isWhitespace(c) || c == '-') {
                continue;
            }
            if (SYMBOLS.indexOf(symbol) < 0) {
                throw mistyped("has a character that no code has");
            }
            symbols.append(symbol);
        }
        if (symbols.length() != RANDOM_SYMBOLS + CHECK_SYMBOLS) {
            throw mistyped(
                    "has %d letters and digits, not %d".formatted(symbols.length(), RANDOM_SYMBOLS + CHECK_SYMBOLS));
        }
        RecoveryCode code = new RecoveryCode(symbols.substring(0, RANDOM_SYMBOLS));
        if (!code.check().contentEquals(symbols.substring(RANDOM_SYMBOLS))) {
            throw mistyped("has a typing mistake");
        }
        return code;
    }

    private static WrongKeyException mistyped(String what) {
        return new WrongKeyException(
                "the recovery code " + what,
                "Type all six groups of five as they were printed when the repository was made.",
                null);
    }

    /** The code as it is printed. */
    public String text() {
        String symbols = random + check();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < symbols.length(); i++) {
            if (i > 0 && i % GROUP_SYMBOLS == 0) {
                text.append('-');
            }
            text.append(symbols.charAt(i));
        }
        return text.toString();
    }

    private String check() {
        byte[] digest = Derivation.digest("cairn recovery code 1", bytes());
        int bits = ((digest[0] & 0xff) << 12) | ((digest[1] & 0xff) << 4) | ((digest[2] & 0xff) >>> 4);
        StringBuilder check = new StringBuilder();
        for (int i = CHECK_SYMBOLS - 1; i >= 0; i--) {
            check.append(SYMBOLS.charAt((bits >>> (5 * i)) & 31));
        }
        return check.toString();
    }

    /** The random symbols in ASCII, which the slot's key derives from. */
    byte[] bytes() {
        return random.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public SlotKind kind() {
        return SlotKind.RECOVERY_CODE;
    }

    @Override
    public String toString() {
        return "recovery code";
    }
}
