package dev.cairn.cli.profile;

import dev.cairn.cli.configuration.NearestName;
import dev.cairn.cli.configuration.Setting;
import dev.cairn.cli.text.DurationText;
import dev.cairn.cli.text.ShownText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A profile, over what holds for all of them. A key of its own replaces that of the table {@code defaults}, lists included. */
public final class Profile {

    private static final Duration HOOK_TIME_LIMIT = Duration.ofMinutes(10);

    private final String name;

    /** The farther first. */
    private final List<Setting.Table> layers;

    Profile(String name, List<Setting.Table> layers) {
        this.name = name;
        this.layers = List.copyOf(layers);
    }

    public String name() {
        return name;
    }

    /** The commands to run before one of {@link #hooksFor}. */
    public Optional<Hook> before() {
        return hook(ProfileKey.BEFORE);
    }

    /** The commands to run after it has done what it could. */
    public Optional<Hook> after() {
        return hook(ProfileKey.AFTER);
    }

    /** The commands to run where it failed. */
    public Optional<Hook> onFailure() {
        return hook(ProfileKey.ON_FAILURE);
    }

    /** Whether there is any. */
    public boolean hasHooks() {
        return before().isPresent() || after().isPresent() || onFailure().isPresent();
    }

    /** The commands of Cairn around which hooks run. */
    public Set<String> hooksFor() {
        return value(ProfileKey.HOOKS_FOR)
                .map(value -> Set.copyOf(value.asTexts(ProfileKey.HOOKS_FOR.shown())))
                .orElse(Set.of("snapshot"));
    }

    /** How long one command of a hook may take. */
    public Duration hookTimeLimit() {
        return value(ProfileKey.HOOK_TIME_LIMIT)
                .map(value -> DurationText.parse(value.asText(ProfileKey.HOOK_TIME_LIMIT.shown())))
                .orElse(HOOK_TIME_LIMIT);
    }

    /** The remotes to push to after a snapshot. */
    public List<String> pushTo() {
        return value(ProfileKey.PUSH)
                .map(value -> value.asTexts(ProfileKey.PUSH.shown()))
                .orElse(List.of());
    }

    /** The folder of its repository, with {@code home} for {@code ~}; empty where it names none. */
    public Optional<String> repository(String home) {
        return value(ProfileKey.REPOSITORY)
                .map(value -> ConfiguredPath.expand(value.asText(ProfileKey.REPOSITORY.shown()), home));
    }

    /** What it captures, with {@code home} for {@code ~}. */
    public List<String> paths(String home) {
        return paths(ProfileKey.PATHS, home);
    }

    /** The files that its commands read, with {@code home} for {@code ~}, by key; standard input is none. */
    public Map<String, List<String>> files(String home) {
        Map<String, List<String>> files = new LinkedHashMap<>();
        for (ProfileKey key : ProfileKey.values()) {
            if (isPath(key) && key != ProfileKey.REPOSITORY && key != ProfileKey.PATHS) {
                files.put(key.shown(), paths(key, home));
            }
        }
        return files;
    }

    private List<String> paths(ProfileKey key, String home) {
        return value(key).map(value -> value.asTexts(key.shown())).orElse(List.of()).stream()
                .filter(path -> !path.equals("-"))
                .map(path -> ConfiguredPath.expand(path, home))
                .toList();
    }

    private Optional<Hook> hook(ProfileKey key) {
        return value(key).map(value -> Hook.of(key.shown(), value));
    }

    /** What the nearest table says for a key. */
    private Optional<Setting> value(ProfileKey key) {
        Setting found = null;
        for (Setting.Table layer : layers) {
            for (Map.Entry<String, Setting> entry : layer.entries().entrySet()) {
                if (!(entry.getValue() instanceof Setting.Table)
                        && ProfileKey.find(entry.getKey()).filter(key::equals).isPresent()) {
                    found = entry.getValue();
                }
            }
        }
        return Optional.ofNullable(found);
    }

    /** What holds of its own keys that are no options, by their names, in the order of {@link ProfileKey}. */
    Map<ProfileKey, Setting> others() {
        Map<ProfileKey, Setting> others = new LinkedHashMap<>();
        for (ProfileKey key : ProfileKey.values()) {
            if (!key.isOption()) {
                value(key).ifPresent(value -> others.put(key, value));
            }
        }
        return others;
    }

    /** What holds of its own keys that are options, whatever command they are for. */
    List<Preset> common() {
        Map<String, Preset> presets = new LinkedHashMap<>();
        layers.forEach(layer -> put(presets, own(layer, Optional.empty())));
        return List.copyOf(presets.values());
    }

    /**
     * What holds for one command.
     *
     * @param command its words: {@code remote add}
     */
    Map<String, Preset> presets(List<String> command) {
        Map<String, Preset> presets = new LinkedHashMap<>();
        for (Setting.Table layer : layers) {
            Map<String, Preset> ofLayer = own(layer, Optional.of(command.getFirst()));
            section(layer, command)
                    .ifPresent(table -> table.entries().forEach((key, value) -> {
                        if (!(value instanceof Setting.Table)) {
                            Preset preset = sectionPreset(command, key, value);
                            ofLayer.put(preset.option(), preset);
                        }
                    }));
            put(presets, ofLayer);
        }
        return presets;
    }

    private static Preset sectionPreset(List<String> command, String key, Setting value) {
        Optional<ProfileKey> known =
                ProfileKey.find(key).filter(found -> found.isOption() && found.isFor(command.getFirst()));
        String option = known.map(ProfileKey::option).orElse("--" + key);
        return new Preset(key, option, value, known.map(Profile::isPath).orElse(false));
    }

    /** The tables for single commands that there are, by their words. */
    Map<List<String>, List<Setting.Table>> sections() {
        Map<List<String>, List<Setting.Table>> sections = new LinkedHashMap<>();
        layers.forEach(layer -> collect(layer, List.of(), sections));
        return sections;
    }

    private static void collect(
            Setting.Table table, List<String> words, Map<List<String>, List<Setting.Table>> sections) {
        table.entries().forEach((key, value) -> {
            if (value instanceof Setting.Table below) {
                List<String> longer = new ArrayList<>(words);
                longer.add(key);
                sections.computeIfAbsent(longer, k -> new ArrayList<>()).add(below);
                collect(below, longer, sections);
            }
        });
    }

    private static Optional<Setting.Table> section(Setting.Table layer, List<String> command) {
        Optional<Setting.Table> table = Optional.of(layer);
        for (String word : command) {
            // A key of that name is none: 'push' is both.
            table = table.flatMap(above -> above.get(word))
                    .filter(Setting.Table.class::isInstance)
                    .map(Setting.Table.class::cast);
        }
        return table;
    }

    private static Map<String, Preset> own(Setting.Table layer, Optional<String> command) {
        Map<String, Preset> presets = new LinkedHashMap<>();
        layer.entries()
                .forEach((key, value) -> ProfileKey.find(key)
                        .filter(found -> !(value instanceof Setting.Table) && found.isOption())
                        .filter(found -> command.map(found::isFor).orElse(true))
                        .ifPresent(found ->
                                presets.put(found.option(), new Preset(key, found.option(), value, isPath(found)))));
        return presets;
    }

    private static boolean isPath(ProfileKey key) {
        return key.kind() == ProfileKey.Kind.PATH || key.kind() == ProfileKey.Kind.PATHS;
    }

    /** Puts what a nearer table says over what farther ones do. */
    private static void put(Map<String, Preset> presets, Map<String, Preset> nearer) {
        withdraw(presets, nearer.keySet());
        presets.putAll(nearer);
    }

    /** Takes away what {@code given} stands in for. */
    static void withdraw(Map<String, Preset> presets, Set<String> given) {
        for (Rivals rivals : Rivals.values()) {
            if (rivals.isAnyOf(given)) {
                presets.keySet().removeAll(rivals.options());
            }
        }
        presets.keySet().removeAll(given);
    }

    /** Checks a table of the file, as far as that can be done without the commands. */
    static void check(Setting.Table table, Set<String> commands) {
        List<String> known = new ArrayList<>(ProfileKey.allNames().toList());
        known.addAll(commands);
        Map<ProfileKey, String> seen = new LinkedHashMap<>();
        table.entries().forEach((key, value) -> {
            if (value instanceof Setting.Table && commands.contains(key)) {
                return;
            }
            ProfileKey found = ProfileKey.find(key)
                    .orElseThrow(() -> value.place()
                            .wrong(
                                    "there is no key '%s' in [%s]".formatted(key, table.name()),
                                    NearestName.hint(key, known)
                                            + "docs/profiles.md lists them; an option of one command stands in a table"
                                            + " of its own, such as [" + table.name() + ".restore]."));
            String before = seen.put(found, key);
            if (before != null) {
                throw value.place().wrong("'%s' and '%s' are the same".formatted(before, key), "Give one of them.");
            }
            check(found, key, value);
            if (found == ProfileKey.HOOKS_FOR) {
                value.asTexts(key).forEach(command -> requireCommand(command, value, commands));
            }
        });
        List<ProfileKey> keys = seen.keySet().stream()
                .filter(key -> Rivals.KEY.options().contains(key.option()))
                .toList();
        if (keys.size() > 1) {
            throw table.place()
                    .wrong(
                            "[%s] has more than one key source: %s"
                                    .formatted(
                                            table.name(),
                                            String.join(
                                                    ", ",
                                                    keys.stream()
                                                            .map(ProfileKey::shown)
                                                            .toList())),
                            "Give one of them.");
        }
    }

    private static void requireCommand(String command, Setting value, Set<String> commands) {
        if (!commands.contains(command)) {
            throw value.place()
                    .wrong(
                            "'hooks-for' names no command: '%s'".formatted(ShownText.oneLine(command)),
                            NearestName.hint(command, commands) + "It is a list such as [\"snapshot\", \"forget\"].");
        }
    }

    private static void check(ProfileKey found, String key, Setting value) {
        switch (found.kind()) {
            case TEXT -> {
                String text = value.asText(key);
                if (found == ProfileKey.HOOK_TIME_LIMIT && !text.matches("[1-9]\\d{0,8}(ms|s|m|h|d)?")) {
                    throw value.place().wrong("not a time limit: '" + text + "'", "Write such as 30s, 10m or 2h.");
                }
            }
            case PATH -> ConfiguredPath.require(key, value.asText(key), value.place());
            case TEXTS -> value.asTexts(key);
            case PATHS -> value.asTexts(key).forEach(path -> ConfiguredPath.require(key, path, value.place()));
            case FLAG -> value.asFlag(key);
            case COMMANDS -> Hook.of(key, value);
        }
    }
}
