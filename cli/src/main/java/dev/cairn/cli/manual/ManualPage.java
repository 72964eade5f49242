package dev.cairn.cli.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of one command: what its help says, as man(7). The options of every command stand on the program's page alone. */
final class ManualPage {

    /** What is the same on every page. */
    record Edition(String version, String date) {}

    private final CommandSpec spec;
    private final Edition edition;

    ManualPage(CommandSpec spec, Edition edition) {
        this.spec = spec;
        this.edition = edition;
    }

    /** Its name in the manual: {@code cairn-remote-add}. */
    String name() {
        return spec.qualifiedName("-");
    }

    String text() {
        Roff page = new Roff();
        page.raw(".TH \"%s\" \"1\" \"%s\" \"%s\" \"Cairn Manual\""
                .formatted(
                        Roff.escaped(name().toUpperCase(Locale.ROOT)),
                        edition.date(),
                        Roff.escaped("Cairn " + edition.version())));
        // Options must not be cut at their hyphens.
        page.raw(".nh").raw(".ad l");
        page.section("NAME").line(name() + " - " + summary(spec));
        synopsis(page);
        page.section("DESCRIPTION").sentences(words(spec.usageMessage().description()));
        commands(page);
        arguments(page);
        examples(page);
        if (!isProgram()) {
            page.section("EXIT STATUS").line("0 when done; the other codes stand in cairn(1).");
            seeAlso(page);
        }
        return page.toString();
    }

    private boolean isProgram() {
        return spec.parent() == null;
    }

    private void synopsis(Roff page) {
        StringBuilder line = new StringBuilder(Roff.bold(spec.qualifiedName()));
        for (OptionSpec option : options()) {
            String shown = Roff.bold(option.longestName()) + value(option);
            line.append(option.required() ? " " + shown : " [" + shown + "]")
                    .append(option.isMultiValue() ? "..." : "");
        }
        if (!children().isEmpty()) {
            line.append(' ').append(Roff.italic("COMMAND")).append(" ...");
        }
        for (PositionalParamSpec operand : operands()) {
            String label = Roff.italic(operand.paramLabel());
            boolean bracketed = operand.paramLabel().startsWith("[");
            line.append(operand.arity().min() == 0 && !bracketed ? " [" + label + "]" : " " + label)
                    .append(operand.isMultiValue() && !bracketed ? "..." : "");
        }
        page.section("SYNOPSIS").raw(line.toString());
    }

    private void commands(Roff page) {
        if (children().isEmpty()) {
            return;
        }
        page.section("COMMANDS");
        for (CommandSpec child : children()) {
            page.raw(".TP")
                    .raw(Roff.bold(child.qualifiedName("-")) + "(1)")
                    .sentences(words(child.usageMessage().description()));
        }
    }

    private void arguments(Roff page) {
        if (!operands().isEmpty()) {
            page.section("OPERANDS");
            for (PositionalParamSpec operand : operands()) {
                page.raw(".TP").raw(Roff.italic(operand.paramLabel())).sentences(words(operand.description()));
            }
        }
        page.section("OPTIONS");
        for (OptionSpec option : options()) {
            page.raw(".TP")
                    .raw(Arrays.stream(option.names())
                            .map(name -> Roff.bold(name) + value(option))
                            .collect(Collectors.joining(", ")))
                    .sentences(words(option.description()));
        }
        if (!isProgram()) {
            if (!options().isEmpty()) {
                page.raw(".P");
            }
            page.line("The options that every command takes, such as --repo and --json, stand in cairn(1).");
        } else {
            page.raw(".P").line("They stand before or after any command.");
        }
    }

    /** What help shows at its end: lines that are commands are indented there. */
    private void examples(Roff page) {
        String[] footer = spec.usageMessage().footer();
        if (footer.length == 0) {
            return;
        }
        page.section("EXAMPLES");
        for (String line : footer) {
            String text = words(line);
            if (line.startsWith("  ")) {
                page.raw(".TP").raw(Roff.bold(text));
            } else {
                page.raw(".P").sentences(text);
            }
        }
    }

    private static String value(OptionSpec option) {
        return option.arity().max() == 0 ? "" : " " + Roff.italic(option.paramLabel());
    }

    private void seeAlso(Roff page) {
        List<String> others = new ArrayList<>(List.of("cairn"));
        CommandSpec parent = spec.parent();
        if (parent.parent() != null) {
            others.add(parent.qualifiedName("-"));
            parent.subcommands().values().stream()
                    .map(CommandLine::getCommandSpec)
                    .filter(sibling -> !sibling.name().equals(spec.name()))
                    .forEach(sibling -> others.add(sibling.qualifiedName("-")));
        }
        page.section("SEE ALSO")
                .raw(others.stream().map(other -> Roff.bold(other) + "(1)").collect(Collectors.joining(",\n")));
    }

    /** Its own options; the program's are those of all. */
    private List<OptionSpec> options() {
        return spec.options().stream()
                .filter(option -> !option.hidden() && (isProgram() || !option.inherited()))
                .toList();
    }

    private List<PositionalParamSpec> operands() {
        return spec.positionalParameters().stream()
                .filter(operand -> !operand.hidden())
                .toList();
    }

    private List<CommandSpec> children() {
        return spec.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(child -> !child.usageMessage().hidden())
                .toList();
    }

    /** The first sentence, as a title: no capital, no full stop. */
    private static String summary(CommandSpec spec) {
        String all = words(spec.usageMessage().description());
        String first = Roff.SENTENCE_END.split(all, 2)[0].replaceFirst("\\.$", "");
        return first.isEmpty() ? spec.name() : Character.toLowerCase(first.charAt(0)) + first.substring(1);
    }

    private static String words(String... lines) {
        return String.join(" ", lines)
                .replaceAll("%n|\\s+", " ")
                .replace("%%", "%")
                .strip();
    }
}
