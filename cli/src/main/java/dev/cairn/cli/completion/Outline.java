package dev.cairn.cli.completion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command as a shell sees it: what may stand behind its name. What is hidden from people is left out.
 *
 * @param path its name and those of the commands above, without the program's; empty for the program itself
 * @param summary what it does, on one line
 * @param flags its own options; those that every command takes are the program's
 * @param operands what it takes beside options, in order
 */
record Outline(List<String> path, String summary, List<Flag> flags, List<Operand> operands, List<Outline> children) {

    private static final String REMOTE_AND_BRANCHES = "[REMOTE] [BRANCH...]";

    /**
     * An option.
     *
     * @param takesValue whether a value follows
     * @param repeats whether it may be given several times
     */
    record Flag(
            List<String> names, String summary, boolean takesValue, String label, Candidates value, boolean repeats) {}

    /**
     * What is no option.
     *
     * @param repeats whether all that follows is of the same kind
     */
    record Operand(String label, Candidates value, boolean repeats) {}

    Outline {
        path = List.copyOf(path);
        flags = List.copyOf(flags);
        operands = List.copyOf(operands);
        children = List.copyOf(children);
    }

    /** The outline of a program, with all commands below it. */
    static Outline of(CommandSpec program) {
        return of(program, List.of());
    }

    private static Outline of(CommandSpec spec, List<String> path) {
        List<Flag> flags = spec.options().stream()
                .filter(option -> !option.hidden() && !(option.inherited() && !path.isEmpty()))
                .map(option -> flag(path, option))
                .toList();
        List<Operand> operands = spec.positionalParameters().stream()
                .filter(operand -> !operand.hidden())
                .flatMap(operand -> operands(path, operand, spec))
                .toList();
        List<Outline> children = new ArrayList<>();
        spec.subcommands().forEach((name, child) -> {
            if (!child.getCommandSpec().usageMessage().hidden()) {
                children.add(of(
                        child.getCommandSpec(),
                        Stream.concat(path.stream(), Stream.of(name)).toList()));
            }
        });
        return new Outline(path, line(spec.usageMessage().description()), flags, operands, children);
    }

    private static Flag flag(List<String> path, OptionSpec option) {
        boolean takesValue = option.arity().max() > 0;
        String place = Stream.concat(path.stream(), Stream.of(option.longestName()))
                .reduce((before, word) -> before + " " + word)
                .orElseThrow();
        return new Flag(
                List.of(option.names()),
                line(option.description()),
                takesValue,
                option.paramLabel(),
                takesValue ? candidates(place, option.paramLabel()) : Candidates.of(List.of()),
                option.isMultiValue());
    }

    private static Stream<Operand> operands(List<String> path, PositionalParamSpec operand, CommandSpec spec) {
        String label = operand.paramLabel();
        if (label.equals(REMOTE_AND_BRANCHES)) {
            return Stream.of(
                    new Operand("REMOTE", candidates("", "REMOTE"), false),
                    new Operand("BRANCH", candidates("", "BRANCH"), true));
        }
        Candidates value = label.equals("COMMAND")
                ? Candidates.of(spec.root().subcommands().values().stream()
                        .map(CommandLine::getCommandSpec)
                        .filter(command -> !command.usageMessage().hidden())
                        .map(CommandSpec::name)
                        .toList())
                : candidates(String.join(" ", path), label);
        return Stream.of(new Operand(label, value, isMultiValue(operand)));
    }

    private static boolean isMultiValue(ArgSpec operand) {
        return operand.isMultiValue() || operand.arity().max() > 1;
    }

    private static Candidates candidates(String place, String label) {
        return Candidates.labelled(place, label)
                .orElseThrow(() -> new IllegalStateException(
                        "what '%s' of '%s' stands for is said nowhere: give it a line in Candidates"
                                .formatted(label, place)));
    }

    /** Description lines as one. */
    private static String line(String... lines) {
        return String.join(" ", Arrays.asList(lines))
                .replaceAll("%n|\\s+", " ")
                .replace("%%", "%")
                .strip();
    }

    /** The path as one word, such as {@code remote add}. */
    String pathText() {
        return String.join(" ", path);
    }

    /** The last word of the path. */
    String name() {
        return path.isEmpty() ? "" : path.getLast();
    }

    /** This one and all below it, each before its children. */
    Stream<Outline> all() {
        return Stream.concat(Stream.of(this), children.stream().flatMap(Outline::all));
    }
}
