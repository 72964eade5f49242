package dev.cairn.cli.profile;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What may stand in a profile itself, beside its tables for single commands. */
enum ProfileKey {
    REPOSITORY(Kind.PATH, "--repo", Set.of(), "repository", "repo"),
    KEY_FILE(Kind.PATH, "--key-file", Set.of(), "key-file"),
    PASSWORD_FILE(Kind.PATH, "--password-file", Set.of(), "password-file"),
    PASSWORD_COMMAND(Kind.TEXT, "--password-command", Set.of(), "password-command"),
    RECOVERY_CODE_FILE(Kind.PATH, "--recovery-code-file", Set.of(), "recovery-code-file"),
    LOCK_WAIT(Kind.TEXT, "--lock-wait", Set.of(), "lock-wait"),
    QUIET(Kind.FLAG, "--quiet", Set.of(), "quiet"),
    VERBOSE(Kind.FLAG, "--verbose", Set.of(), "verbose"),
    PATHS(Kind.PATHS, ProfileKey.ARGUMENTS, Set.of("snapshot"), "paths", "path"),
    FILES_FROM(Kind.PATHS, "--files-from", Set.of("snapshot"), "files-from"),
    FILES_FROM0(Kind.PATHS, "--files-from0", Set.of("snapshot"), "files-from0"),
    BRANCH(Kind.TEXT, "--branch", Set.of("snapshot", "import", "forget"), "branch"),
    TAGS(Kind.TEXTS, "--tag", Set.of("snapshot", "import"), "tags", "tag"),
    EXCLUDE(Kind.TEXTS, "--exclude", Set.of("snapshot"), "exclude", "excludes"),
    EXCLUDE_FILE(Kind.PATHS, "--exclude-file", Set.of("snapshot"), "exclude-file"),
    EXCLUDE_IF_PRESENT(Kind.TEXTS, "--exclude-if-present", Set.of("snapshot"), "exclude-if-present"),
    EXCLUDE_LARGER_THAN(Kind.TEXT, "--exclude-larger-than", Set.of("snapshot"), "exclude-larger-than"),
    EXCLUDE_CACHES(Kind.FLAG, "--exclude-caches", Set.of("snapshot"), "exclude-caches"),
    NO_IGNORE_FILES(Kind.FLAG, "--no-ignore-files", Set.of("snapshot"), "no-ignore-files"),
    ONE_FILE_SYSTEM(Kind.FLAG, "--one-file-system", Set.of("snapshot"), "one-file-system"),
    KEEP_LAST(Kind.TEXT, "--keep-last", Set.of("forget"), "keep-last"),
    KEEP_HOURLY(Kind.TEXT, "--keep-hourly", Set.of("forget"), "keep-hourly"),
    KEEP_DAILY(Kind.TEXT, "--keep-daily", Set.of("forget"), "keep-daily"),
    KEEP_WEEKLY(Kind.TEXT, "--keep-weekly", Set.of("forget"), "keep-weekly"),
    KEEP_MONTHLY(Kind.TEXT, "--keep-monthly", Set.of("forget"), "keep-monthly"),
    KEEP_YEARLY(Kind.TEXT, "--keep-yearly", Set.of("forget"), "keep-yearly"),
    KEEP_WITHIN(Kind.TEXT, "--keep-within", Set.of("forget"), "keep-within"),
    KEEP_TAG(Kind.TEXTS, "--keep-tag", Set.of("forget"), "keep-tag"),
    LIMIT_UPLOAD(Kind.TEXT, "--limit-upload", Set.of("push", "pull", "clone"), "limit-upload"),
    LIMIT_DOWNLOAD(Kind.TEXT, "--limit-download", Set.of("push", "pull", "clone"), "limit-download"),
    RETRY_FOR(Kind.TEXT, "--retry-for", Set.of("push", "pull", "clone"), "retry-for"),
    COMPRESSION(Kind.TEXT, "--compression", Set.of("init"), "compression"),
    CHUNKS(Kind.TEXT, "--chunks", Set.of("init"), "chunks"),
    PUSH(Kind.TEXTS, ProfileKey.NO_OPTION, Set.of("snapshot"), "push-to", "push"),
    BEFORE(Kind.COMMANDS, ProfileKey.NO_OPTION, Set.of(), "before"),
    AFTER(Kind.COMMANDS, ProfileKey.NO_OPTION, Set.of(), "after"),
    ON_FAILURE(Kind.COMMANDS, ProfileKey.NO_OPTION, Set.of(), "on-failure"),
    HOOKS_FOR(Kind.TEXTS, ProfileKey.NO_OPTION, Set.of(), "hooks-for"),
    HOOK_TIME_LIMIT(Kind.TEXT, ProfileKey.NO_OPTION, Set.of(), "hook-time-limit");

    /** In place of an option: the arguments of the command. */
    static final String ARGUMENTS = "";

    /** In place of an option: no command takes it. */
    static final String NO_OPTION = "-";

    /** What stands behind a key. */
    enum Kind {
        TEXT,
        TEXTS,
        PATH,
        PATHS,
        FLAG,
        COMMANDS
    }

    private final Kind kind;
    private final String option;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> commands;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> names;

    ProfileKey(Kind kind, String option, Set<String> commands, String... names) {
        this.kind = kind;
        this.option = option;
        this.commands = commands;
        this.names = List.of(names);
    }

    static Optional<ProfileKey> find(String name) {
        return Arrays.stream(values()).filter(key -> key.names.contains(name)).findFirst();
    }

    /** Every name that a key may have. */
    static Stream<String> allNames() {
        return Arrays.stream(values()).flatMap(key -> key.names.stream());
    }

    /** How the documents call it. */
    String shown() {
        return names.getFirst();
    }

    Kind kind() {
        return kind;
    }

    /** The longest name of the option that it sets; or {@link #ARGUMENTS}, or {@link #NO_OPTION}. */
    String option() {
        return option;
    }

    /** The commands that it is for; empty for all. */
    Set<String> commands() {
        return commands;
    }

    boolean isFor(String command) {
        return commands.isEmpty() || commands.contains(command);
    }

    /** Whether it stands in the same place as an option of a command. */
    boolean isOption() {
        return !option.equals(NO_OPTION);
    }
}
