package dev.cairn.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Options of restic, borg and rsync that people try by habit, and what does the same here.
 *
 * @param purpose what it is for there, and what has that purpose
 */
record ForeignOption(String purpose) {

    private static final String ANY = "";

    /** Several options of one letter in one word. */
    private static final Pattern CLUSTER = Pattern.compile("-[a-zA-Z]{2,5}");

    /** By the command here, a space, and the option there; without a command, of any. */
    private static final Map<String, String> BY_NAME = byName();

    private static Map<String, String> byName() {
        Map<String, String> options = new HashMap<>();
        addOfSnapshot(options);
        addOfOthers(options);
        addOfAny(options);
        return Map.copyOf(options);
    }

    private static void addOfSnapshot(Map<String, String> options) {
        put(options, "Snapshots of a branch follow one another: the one before is the parent.", "snapshot --parent");
        put(
                options,
                "A snapshot bears the name of this machine; --branch B keeps those of several apart.",
                "snapshot --host",
                "snapshot -H");
        put(options, "The time is that of this machine; 'cairn tag add' tags a snapshot.", "snapshot --time");
        put(
                options,
                "Files are read again where size or times changed; 'cairn verify --data' checks what is stored.",
                "snapshot --force",
                "snapshot --ignore-inode",
                "snapshot --ignore-ctime",
                "snapshot --files-cache");
        put(options, "--exclude takes patterns as .gitignore has them.", "snapshot --iexclude", "snapshot --pattern");
        put(options, "--exclude takes patterns as .gitignore has them.", "snapshot -e", "snapshot --patterns-from");
        put(options, "It is written --one-file-system.", "snapshot -x");
        put(options, "--stdin NAME names the file.", "snapshot --stdin-filename", "snapshot --stdin-name");
        put(options, "'cairn stats' shows sizes; a snapshot tells what it added.", "snapshot --stats", "snapshot -s");
        put(options, "-v names every file.", "snapshot --list");
        put(
                options,
                "It is chosen once for a repository: 'cairn init --compression zstd:3'.",
                "snapshot --compression",
                "snapshot -C");
        put(options, "It is chosen once for a repository: 'cairn init --chunks'.", "snapshot --chunker-params");
    }

    private static void addOfOthers(Map<String, String> options) {
        put(options, "'cairn gc', a command of its own, gives the space back of what is forgotten.", "forget --prune");
        put(options, "Rules are applied to each branch; --branch B names one.", "forget --group-by", "forget -g");
        put(
                options,
                "--keep-last is written out, as --keep-hourly, --keep-daily and so on are.",
                "forget -l",
                "forget -H");
        put(options, "--keep-daily, --keep-weekly, --keep-monthly.", "forget -d", "forget -w", "forget -m");
        put(options, "'cairn verify --data' reads every byte.", "verify --read-data", "verify --verify-data");
        put(options, "'cairn scrub --sample 5%' reads a part each time.", "verify --read-data-subset");
        put(options, "'cairn repair' mends what is damaged.", "verify --repair");
        put(options, "The branch takes its place: --branch B.", "snapshot --group-by", "snapshots --group-by");
        put(options, "It is written --target DIR.", "restore -t");
        put(options, "One path is named behind the snapshot: main:PATH.", "restore --include", "restore -i");
        put(options, "One path is named behind the snapshot: main:PATH.", "restore --path", "restore --iinclude");
        put(options, "Restore a part instead, as main:PATH.", "restore --exclude", "restore -e", "restore --iexclude");
        put(options, "Holes are always kept.", "restore --sparse", "snapshot --sparse");
        put(options, "A branch's name is its newest snapshot: 'cairn snapshots --branch B'.", "snapshots --latest");
        put(options, "Each branch is a line of its own: --branch B.", "snapshots --host", "snapshots --path");
        put(options, "Each branch is a line of its own: --branch B.", "snapshots -H", "find --host", "forget --host");
        put(options, "'cairn tag add SNAPSHOT TAG' adds tags.", "tag --add", "tag --set");
        put(options, "'cairn tag remove SNAPSHOT TAG' takes tags away.", "tag --remove", "tag -d", "tag --delete");
        put(options, "A line a snapshot is all there is.", "snapshots --compact", "snapshots -c");
        put(options, "It is always shown.", "ls -l", "ls --long");
        put(options, "All of it is shown: what is restored, stored and shared.", "stats --mode");
        put(options, "It is written --human.", "ls --human-readable", "find --human-readable");
        put(options, "'cairn export SNAPSHOT --format tar' writes an archive.", "cat --archive", "cat -a");
        put(options, "A key file is made by itself; --password asks for a password.", "init --encryption", "init -e");
        put(
                options,
                "'cairn push' brings snapshots to another copy of the same repository.",
                "init --copy-chunker-params");
    }

    private static void addOfAny(Map<String, String> options) {
        put(
                options,
                "Links, permissions, times, owners and attributes are always kept.",
                ANY + "-a",
                ANY + "--archive");
        put(options, "What is stored and sent is always compressed.", ANY + "-z", ANY + "--compress");
        put(options, "Progress is shown by itself on a terminal; -q hides it.", ANY + "--progress");
        put(options, "The repository is named by -r, --repo or CAIRN_REPO.", ANY + "--repository-file");
        put(options, "It is written --password-file.", ANY + "-p");
        put(
                options,
                "No lock is left behind by a process that ended; --lock-wait D says how long to wait for one that"
                        + " runs.",
                ANY + "--no-lock",
                ANY + "--retry-lock",
                ANY + "--lock-timeout",
                ANY + "--bypass-lock");
        put(options, "There is no cache.", ANY + "--no-cache", ANY + "--cache-dir", ANY + "--cleanup-cache");
        put(options, "--limit-upload and --limit-download, of push, pull and clone.", ANY + "--bwlimit");
    }

    /** Of which options something is said: {@code COMMAND OPTION}, or the option alone. */
    static Set<String> names() {
        return BY_NAME.keySet();
    }

    private static void put(Map<String, String> options, String purpose, String... names) {
        for (String name : names) {
            options.put(name, purpose);
        }
    }

    /**
     * The option of that name elsewhere.
     *
     * @param command here, without {@code cairn}
     * @return empty if it is none
     */
    static Optional<ForeignOption> of(String command, String option) {
        Optional<ForeignOption> whole = one(command, option);
        if (whole.isPresent() || !CLUSTER.matcher(option).matches()) {
            return whole;
        }
        List<Optional<ForeignOption>> letters = option.chars()
                .skip(1)
                .mapToObj(letter -> one(command, "-" + (char) letter))
                .toList();
        return letters.stream().allMatch(Optional::isPresent) ? letters.getFirst() : Optional.empty();
    }

    private static Optional<ForeignOption> one(String command, String option) {
        String purpose = BY_NAME.get(command + " " + option);
        return Optional.ofNullable(purpose == null ? BY_NAME.get(ANY + option) : purpose)
                .map(ForeignOption::new);
    }
}
