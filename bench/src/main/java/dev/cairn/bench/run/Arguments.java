package dev.cairn.bench.run;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * A command line, parted: what is ours, and what is JMH's.
 *
 * @param out where results go
 * @param jmh everything else, in its order
 */
record Arguments(Profile profile, Path out, List<String> jmh) {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss");

    /** Options with which JMH only tells something. */
    private static final List<String> TELLING = List.of("-h", "-l", "-lp", "-lprof", "-lrf");

    Arguments {
        jmh = List.copyOf(jmh);
    }

    /**
     * Parts a command line.
     *
     * @param now for the name of the result file, where none is given
     * @throws IllegalArgumentException with a sentence for a person, if ours are wrong
     */
    static Arguments parse(List<String> arguments, LocalDateTime now) {
        Profile profile = Profile.STANDARD;
        Path out = null;
        List<String> jmh = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            switch (argument) {
                case "--short", "--full" -> {
                    Profile asked = argument.equals("--short") ? Profile.SHORT : Profile.FULL;
                    if (profile != Profile.STANDARD && profile != asked) {
                        throw new IllegalArgumentException("--short and --full exclude each other");
                    }
                    profile = asked;
                }
                case "--out" -> {
                    if (i + 1 == arguments.size() || out != null) {
                        throw new IllegalArgumentException("--out takes one file, once");
                    }
                    i++;
                    out = Path.of(arguments.get(i));
                }
                default -> jmh.add(argument);
            }
        }
        return new Arguments(profile, out == null ? Path.of("bench-" + STAMP.format(now) + ".json") : out, jmh);
    }

    /** Whether nothing is to be measured. */
    boolean onlyTells() {
        return jmh.stream().anyMatch(TELLING::contains);
    }
}
