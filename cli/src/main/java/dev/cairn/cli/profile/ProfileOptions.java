package dev.cairn.cli.profile;

import dev.cairn.cli.configuration.FilePlace;
import dev.cairn.cli.configuration.NearestName;
import dev.cairn.cli.configuration.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * What a profile says for one command line: the values of options that it does not give itself. Single values are the defaults of
 * their options, so that they are read as if they had been typed; lists, of which a default holds one item only, are set once the command
 * line has been parsed.
 */
public final class ProfileOptions implements IDefaultValueProvider {

    /** Options of whose values the help says that they are files or folders. */
    private static final Set<String> PATH_LABELS = Set.of("DIR", "FILE", "F", "PATH");

    private final Map<String, Preset> presets;
    private final List<String> command;
    private final List<String> passedOver;
    private final String home;

    private ProfileOptions(Map<String, Preset> presets, List<String> command, List<String> passedOver, String home) {
        this.presets = presets;
        this.command = command;
        this.passedOver = List.copyOf(passedOver);
        this.home = home;
    }

    /**
     * What the profile has to say.
     *
     * @param command the words of the command
     * @param home what {@code ~} stands for
     */
    public static ProfileOptions of(Profile profile, List<String> command, GivenOptions given, String home) {
        Map<String, Preset> presets = profile.presets(command);
        Set<String> nearer = new HashSet<>(given.options());
        if (given.arguments()) {
            nearer.add(ProfileKey.ARGUMENTS);
            if (command.equals(List.of("forget"))) {
                // Snapshots stand in place of rules.
                presets.keySet().removeIf(option -> option.startsWith("--keep-") || option.equals("--branch"));
            }
        }
        List<String> passedOver = new ArrayList<>();
        if (!given.environment().getOrDefault("CAIRN_REPO", "").isEmpty() && !nearer.contains("--repo")) {
            passOver("CAIRN_REPO", Set.of("--repo"), presets, passedOver);
            nearer.add("--repo");
        }
        for (String variable : Rivals.KEY_VARIABLES) {
            if (given.environment().containsKey(variable) && !Rivals.KEY.isAnyOf(nearer)) {
                passOver(variable, Rivals.KEY.options(), presets, passedOver);
                nearer.addAll(Rivals.KEY.options());
            }
        }
        Profile.withdraw(presets, nearer);
        return new ProfileOptions(presets, command, passedOver, home);
    }

    private static void passOver(
            String variable, Set<String> options, Map<String, Preset> presets, List<String> passedOver) {
        presets.values().stream()
                .filter(preset -> options.contains(preset.option()))
                .forEach(preset -> passedOver.add("%s is set, and wins over '%s' of the profile (%s)."
                        .formatted(variable, preset.key(), preset.value().place())));
    }

    /** What a person should know: which variables stood in for what the profile says. */
    public List<String> passedOver() {
        return passedOver;
    }

    /** The repository that the profile names, if it counts. */
    public Optional<String> repository() {
        return Optional.ofNullable(presets.get("--repo"))
                .map(preset -> ConfiguredPath.expand(preset.value().asText(preset.key()), home));
    }

    /**
     * Checks what the profile says against the options that the command has.
     *
     * @throws dev.cairn.cli.failure.CommandFailure if there is no such option, or the value is none for it
     */
    public void requireFits(CommandSpec spec) {
        for (Preset preset : presets.values()) {
            if (preset.option().equals(ProfileKey.ARGUMENTS)) {
                preset.value().asTexts(preset.key());
                continue;
            }
            OptionSpec option = spec.findOption(preset.option());
            if (option == null || option.usageHelp()) {
                throw noSuch(preset, spec);
            }
            if (isFlag(option)) {
                preset.value().asFlag(preset.key());
                continue;
            }
            List<String> texts = option.isMultiValue()
                    ? preset.value().asTexts(preset.key())
                    : List.of(preset.value().asText(preset.key()));
            if (PATH_LABELS.contains(option.paramLabel())) {
                texts.forEach(text -> ConfiguredPath.require(
                        preset.key(), text, preset.value().place()));
            }
        }
    }

    private RuntimeException noSuch(Preset preset, CommandSpec spec) {
        List<String> known = spec.options().stream()
                .filter(option -> !option.usageHelp())
                .map(option -> option.longestName().substring(2))
                .sorted()
                .toList();
        String words = String.join(" ", command);
        return preset.value()
                .place()
                .wrong(
                        "'cairn %s' has no option --%s".formatted(words, preset.key()),
                        NearestName.hint(preset.key(), known) + "See 'cairn " + words + " --help'.");
    }

    private static boolean isFlag(OptionSpec option) {
        return option.type() == boolean.class || option.type() == Boolean.class;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.isMultiValue()) {
            return null;
        }
        Preset preset = presets.get(option.longestName());
        if (preset == null) {
            return null;
        }
        if (isFlag(option)) {
            return String.valueOf(preset.value().asFlag(preset.key()));
        }
        String text = preset.value().asText(preset.key());
        return PATH_LABELS.contains(option.paramLabel()) ? ConfiguredPath.expand(text, home) : text;
    }

    /** Sets lists, and the arguments, once a command line has been parsed that gives none of them. */
    public void setLists(ParseResult parsed) {
        CommandSpec spec = parsed.commandSpec();
        for (Preset preset : presets.values()) {
            if (preset.option().equals(ProfileKey.ARGUMENTS)) {
                spec.positionalParameters().getFirst().setValue(texts(preset, true));
                continue;
            }
            OptionSpec option = spec.findOption(preset.option());
            if (option != null && option.isMultiValue()) {
                option.setValue(texts(preset, PATH_LABELS.contains(option.paramLabel())));
            }
        }
    }

    private List<String> texts(Preset preset, boolean arePaths) {
        Stream<String> texts = preset.value().asTexts(preset.key()).stream();
        // As lists that the options are, which commands may go on to change.
        return new ArrayList<>((arePaths ? texts.map(text -> ConfiguredPath.expand(text, home)) : texts).toList());
    }

    /** Where the value of an option stands, if the profile gives it. */
    public Optional<FilePlace> placeOf(@Nullable ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? Optional.ofNullable(presets.get(option.longestName()))
                        .map(preset -> preset.value().place())
                : Optional.empty();
    }

    /** Where stands what {@code message} complains of: it names the option, or its value in quotes. */
    public Optional<FilePlace> placeOf(String message) {
        return presets.values().stream()
                .filter(preset -> isNamed(preset, message))
                .map(preset -> preset.value().place())
                .findFirst();
    }

    private static boolean isNamed(Preset preset, String message) {
        boolean option = preset.option().length() > 2 && message.contains(preset.option() + ":");
        return option
                || switch (preset.value()) {
                    case Setting.Text text -> message.contains("'" + text.text() + "'");
                    case Setting.Whole whole -> message.contains("'" + whole.number() + "'");
                    case Setting.Flag _, Setting.Items _, Setting.Other _, Setting.Table _ -> false;
                };
    }
}
