package dev.cairn.cli.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.configuration.Setting;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cairn profile show}: what holds in a profile, and where it stands; checks all of it. Commands and codes are not shown. */
@Command(
        name = "show",
        description = "Show what holds in a profile, or in each, and check it. Never shows a secret, nor a command.",
        footerHeading = "%nExamples:%n",
        footer = "  cairn profile show nightly")
final class ProfileShowCommand extends TimedCommand {

    private static final String HIDDEN = "(set, not shown)";

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The profile; else the one given with -P, else all.")
    private @Nullable String name;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec self;

    /** One line of what is shown. */
    private record Line(String command, String key, List<String> values, boolean isList, Setting setting) {}

    @Override
    protected ExitCode run() throws IOException {
        Map<String, CommandLine> commands = self.root().subcommands();
        Profiles profiles = Profiles.read(cairn().profilesFile(), commands.keySet());
        List<String> names = name != null
                ? List.of(name)
                : cairn().global().profile().map(List::of).orElseGet(profiles::names);
        if (names.isEmpty()) {
            throw CommandFailure.usage("no profiles in " + profiles.file(), "Write [profile.NAME] there.");
        }
        List<Profile> shown = names.stream().map(profiles::require).toList();
        shown.forEach(profile -> check(profile, commands));
        for (Profile profile : shown) {
            List<Line> lines = lines(profile);
            console().entry(() -> json(profiles, profile, lines), () -> text(profile, lines));
        }
        return ExitCode.DONE;
    }

    /** Everything that a command would find wrong with the profile. */
    private static void check(Profile profile, Map<String, CommandLine> commands) {
        profile.sections().forEach((words, tables) -> {
            CommandLine line = commands.get(words.getFirst());
            for (String word : words.subList(1, words.size())) {
                CommandLine below = line == null ? null : line.getSubcommands().get(word);
                if (below == null) {
                    throw tables.getFirst()
                            .place()
                            .wrong("there is no command 'cairn %s'".formatted(String.join(" ", words)), "");
                }
                line = below;
            }
            if (line != null) {
                ProfileOptions.of(profile, words, new GivenOptions(Set.of(), false, Map.of()), "~")
                        .requireFits(line.getCommandSpec());
            }
        });
    }

    private static List<Line> lines(Profile profile) {
        List<Line> lines = new ArrayList<>();
        profile.common().forEach(preset -> lines.add(line("", preset)));
        profile.others().forEach((key, setting) -> {
            boolean isCommand = key.kind() == ProfileKey.Kind.COMMANDS;
            boolean isList = key.kind() == ProfileKey.Kind.TEXTS;
            List<String> values = isCommand
                    ? List.of(HIDDEN)
                    : isList ? setting.asTexts(key.shown()) : List.of(setting.asText(key.shown()));
            lines.add(new Line("", key.shown(), values, isList, setting));
        });
        for (List<String> words : profile.sections().keySet()) {
            Set<String> common =
                    Set.copyOf(profile.common().stream().map(Preset::option).toList());
            profile.presets(words).values().stream()
                    .filter(preset -> !common.contains(preset.option())
                            || profile.common().stream().noneMatch(preset::equals))
                    .forEach(preset -> lines.add(line(String.join(" ", words), preset)));
        }
        return lines;
    }

    private static Line line(String command, Preset preset) {
        Setting setting = preset.value();
        return switch (setting) {
            case Setting.Items _ -> new Line(command, preset.key(), setting.asTexts(preset.key()), true, setting);
            case Setting.Flag flag ->
                new Line(command, preset.key(), List.of(String.valueOf(flag.on())), false, setting);
            case Setting.Text _, Setting.Whole _, Setting.Other _, Setting.Table _ ->
                new Line(
                        command,
                        preset.key(),
                        List.of(preset.isSecret() ? HIDDEN : setting.asText(preset.key())),
                        false,
                        setting);
        };
    }

    private static String text(Profile profile, List<Line> lines) {
        StringBuilder text = new StringBuilder("[profile." + profile.name() + "]");
        for (Line line : lines) {
            String key = line.command().isEmpty() ? line.key() : line.command() + ": " + line.key();
            text.append("%n  %-24s %s   (line %d)"
                    .formatted(
                            key,
                            ShownText.oneLine(String.join(", ", line.values())),
                            line.setting().place().line()));
        }
        return text.toString();
    }

    private static ObjectNode json(Profiles profiles, Profile profile, List<Line> lines) {
        ObjectNode node = Console.object()
                .put("profile", profile.name())
                .put("file", profiles.file().toString());
        ArrayNode settings = node.putArray("settings");
        for (Line line : lines) {
            ObjectNode one = settings.addObject();
            one.put("command", line.command().isEmpty() ? null : line.command()).put("key", line.key());
            boolean isHidden = line.values().equals(List.of(HIDDEN));
            one.put("hidden", isHidden);
            if (isHidden) {
                one.putNull("value");
            } else if (line.isList()) {
                ArrayNode values = one.putArray("value");
                line.values().forEach(values::add);
            } else if (line.setting() instanceof Setting.Flag flag) {
                one.put("value", flag.on());
            } else {
                one.put("value", line.values().getFirst());
            }
            one.put("line", line.setting().place().line());
        }
        return node;
    }
}
