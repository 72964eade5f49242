package dev.cairn.cas.snapshot.pattern;

import java.util.function.IntPredicate;

/** The classes of characters that a set may name, {@code [[:digit:]]}: of ASCII, as git has them. */
final class CharacterClass {

    private CharacterClass() {}

    /**
     * The members of a class.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    static IntPredicate named(String name, String pattern) {
        return switch (name) {
            case "alnum" -> c -> isLetter(c) || isDigit(c);
            case "alpha" -> CharacterClass::isLetter;
            case "blank" -> c -> c == ' ' || c == '\t';
            case "cntrl" -> c -> c < ' ' || c == 0x7f;
            case "digit" -> CharacterClass::isDigit;
            case "graph" -> c -> c > ' ' && c < 0x7f;
            case "lower" -> c -> c >= 'a' && c <= 'z';
            case "print" -> c -> c >= ' ' && c < 0x7f;
            case "punct" -> c -> c > ' ' && c < 0x7f && !isLetter(c) && !isDigit(c);
            case "space" -> c -> c == ' ' || (c >= '\t' && c <= '\r');
            case "upper" -> c -> c >= 'A' && c <= 'Z';
            case "xdigit" -> c -> isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            default ->
                throw new IllegalArgumentException("pattern '%s': there is no class [:%s:]".formatted(pattern, name));
        };
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
