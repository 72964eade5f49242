package dev.cairn.docs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a page shows of commands and their output, against what was really printed. Ids, codes, times, sizes and counts of requests may
 * differ; and what an id or a code was shown as is known from then on by what it really is, so that a later command may name it.
 */
final class Transcript {

    /** A line that stands for any number of lines. */
    private static final String ANYTHING = "...";

    /** An id, a fingerprint or a code, which a later command may repeat. */
    private static final Pattern NAME = Pattern.compile("\\b(?:[0-9a-f]{12,64}|[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3,})\\b");

    /**
     * What differs from run to run and from machine to machine.
     *
     * @param word stands for it
     */
    private record Variable(Pattern pattern, String word) {}

    /** In this order: the host is found by the size before it. */
    private static final List<Variable> VARIABLES = List.of(
            new Variable(NAME, "ID"),
            new Variable(Pattern.compile("\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d"), "TIME"),
            new Variable(Pattern.compile("\\b\\d+\\.\\d s\\b"), "DURATION"),
            new Variable(Pattern.compile("\\b[\\d.]+ (?:B|kB|MB)(?!\\w)"), "SIZE"),
            new Variable(Pattern.compile("\\b\\d+ requests?\\b"), "REQUESTS"),
            new Variable(Pattern.compile("\\bseed \\d+"), "SEED"),
            new Variable(Pattern.compile("\\(\\d+ with their source too\\)"), "SOURCES"),
            new Variable(Pattern.compile("(?<=^[-dl][-rwx]{9}  )\\S+ +\\S+"), "OWNER"),
            new Variable(Pattern.compile("(?<=SIZE  )\\S+ +(?=/)"), "HOST "),
            new Variable(Pattern.compile("\\s+"), " "));

    private final Map<String, String> known = new HashMap<>();

    /**
     * A command with what it should print.
     *
     * @param output empty where the page shows none, which then is not compared
     */
    record Step(String command, List<String> output) {}

    /** The steps of a block: each begins with a dollar sign. */
    static List<Step> steps(String block) {
        List<Step> steps = new ArrayList<>();
        for (String line : block.lines().toList()) {
            if (line.startsWith("$ ")) {
                steps.add(new Step(line.substring(2), new ArrayList<>()));
            } else if (steps.isEmpty()) {
                throw new AssertionError("output before any command: " + line);
            } else {
                steps.getLast().output().add(line);
            }
        }
        return steps;
    }

    /** The same word, wherever it is shown, is really another one. */
    void learn(String shown, String real) {
        known.put(shown, real);
    }

    /** A command as it is to be run here. */
    String real(String command) {
        String text = command;
        for (Map.Entry<String, String> one : known.entrySet()) {
            text = text.replace(one.getKey(), one.getValue());
        }
        return text;
    }

    /** Whether a shown line is what a printed one looks like; learns its names if so. */
    boolean matches(String shown, String printed) {
        if (!masked(shown).equals(masked(printed))) {
            return false;
        }
        List<String> names = names(shown);
        List<String> real = names(printed);
        for (int i = 0; i < names.size(); i++) {
            String before = known.putIfAbsent(names.get(i), real.get(i));
            if (before != null && !before.equals(real.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The first shown line that is not what was printed; empty if all are. */
    List<String> differences(List<String> shown, List<String> printed) {
        int at = 0;
        for (int i = 0; i < shown.size(); i++) {
            if (shown.get(i).equals(ANYTHING)) {
                if (i + 1 == shown.size()) {
                    return List.of();
                }
                while (at < printed.size() && !matches(shown.get(i + 1), printed.get(at))) {
                    at++;
                }
            } else if (at >= printed.size() || !matches(shown.get(i), printed.get(at))) {
                return List.of(shown.get(i), at < printed.size() ? printed.get(at) : "(nothing more)");
            } else {
                at++;
            }
        }
        return at == printed.size() ? List.of() : List.of("(nothing more)", printed.get(at));
    }

    private static String masked(String line) {
        String text = line.stripTrailing();
        for (Variable one : VARIABLES) {
            text = one.pattern().matcher(text).replaceAll(Matcher.quoteReplacement(one.word()));
        }
        return text;
    }

    private static List<String> names(String line) {
        return NAME.matcher(line).results().map(MatchResult::group).toList();
    }
}
