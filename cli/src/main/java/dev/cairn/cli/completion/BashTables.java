package dev.cairn.cli.completion;

import dev.cairn.cli.completion.Outline.Flag;
import dev.cairn.cli.completion.Outline.Operand;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What bash is told of each command: four lists of words, without blanks in any. */
final class BashTables {

    private BashTables() {}

    static String script(Outline program) {
        String commands = program.all().map(BashTables::entry).collect(Collectors.joining());
        return Template.filled(
                "cairn.bash",
                Map.of(
                        "GLOBAL",
                        "    local global_options='%s'\n    local global_values='%s'\n"
                                .formatted(options(program.flags()), values(program.flags())),
                        "COMMANDS",
                        commands));
    }

    private static String entry(Outline command) {
        boolean isProgram = command.path().isEmpty();
        return """
                '%s')
                    commands='%s'
                    options='%s'
                    values='%s'
                    operands='%s'
                    ;;
            """.formatted(
                        command.pathText(),
                        command.children().stream().map(Outline::name).collect(Collectors.joining(" ")),
                        isProgram ? "" : options(command.flags()),
                        isProgram ? "" : values(command.flags()),
                        command.operands().stream().map(BashTables::operand).collect(Collectors.joining(" ")));
    }

    private static String options(List<Flag> flags) {
        return flags.stream().flatMap(flag -> flag.names().stream()).collect(Collectors.joining(" "));
    }

    /** {@code OPTION:KIND} for each that takes a value. */
    private static String values(List<Flag> flags) {
        return flags.stream()
                .filter(Flag::takesValue)
                .flatMap(flag -> flag.names().stream().map(name -> name + ":" + kind(flag.value())))
                .collect(Collectors.joining(" "));
    }

    private static String operand(Operand operand) {
        return kind(operand.value()) + (operand.repeats() ? "+" : "");
    }

    private static String kind(Candidates value) {
        return value.source() == Candidates.Source.WORDS
                ? "=" + String.join(",", value.words())
                : value.source().name().toLowerCase(Locale.ROOT);
    }
}
