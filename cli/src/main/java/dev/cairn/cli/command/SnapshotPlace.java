package dev.cairn.cli.command;

import dev.cairn.cas.Branch;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.RawText;
import dev.cairn.cli.text.ShownText;
import dev.cairn.cli.text.TimeText;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place that an argument names: a snapshot by its id, a unique prefix of six or more hex digits, a branch, {@code BRANCH~N}, or
 * {@code BRANCH@{TIME}}, the newest in the branch's history that was made at that time or before; and after a colon a path in it. {@code
 * ~N} goes back N snapshots that are retained, along first parents: those that were forgotten between do not count.
 */
public record SnapshotPlace(SnapshotRecord snapshot, EntryPath path) {

    /** What other tools call the newest snapshot of all. Here each branch has one, and a branch may be called so. */
    private static final Set<String> NEWEST = Set.of("latest", "newest", "last", "head");

    private static final int BRANCHES_SHOWN = 10;

    private static final Pattern TOO_SHORT = Pattern.compile("[0-9a-fA-F]{1,5}");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{6,64}");
    private static final Pattern AT_TIME = Pattern.compile("(.+)@\\{([^{}]*)}");
    private static final Pattern GENERATION = Pattern.compile("(.+)~(\\d{1,6})");

    /** Finds what {@code text} names. */
    public static SnapshotPlace find(Repository repository, String text) {
        int colon = colon(text);
        String name = colon < 0 ? text : text.substring(0, colon);
        String path = colon < 0 ? "" : text.substring(colon + 1);
        return new SnapshotPlace(repository.snapshot(id(repository, name)), path(path));
    }

    /** Where the colon stands in {@code text} that parts a snapshot's name from a path; -1 if none does. */
    public static int colon(String text) {
        // A time has colons of its own.
        int brace = text.indexOf("@{");
        int colon = text.indexOf(':');
        return brace >= 0 && brace < colon ? text.indexOf(':', Math.max(brace, text.indexOf('}', brace))) : colon;
    }

    /** As {@link #find}, of a whole snapshot. */
    public static SnapshotPlace findWhole(Repository repository, String text) {
        SnapshotPlace place = find(repository, text);
        if (!place.path().isRoot()) {
            throw CommandFailure.usage(
                    "'%s' names a path; a whole snapshot is wanted".formatted(ShownText.oneLine(text)),
                    "Leave out what follows the colon.");
        }
        return place;
    }

    private static EntryPath path(String text) {
        String trimmed = text;
        while (trimmed.startsWith("/") || trimmed.startsWith("./")) {
            trimmed = trimmed.substring(trimmed.startsWith("/") ? 1 : 2);
        }
        while (trimmed.endsWith("/")) {
            trimmed = trimmed.substring(0, trimmed.length() - 1);
        }
        if (trimmed.isEmpty() || trimmed.equals(".")) {
            return EntryPath.ROOT;
        }
        try {
            return EntryPath.parse(RawText.bytes(trimmed));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("not a path in a snapshot: " + text, String.valueOf(e.getMessage()));
        }
    }

    /** The snapshot that {@code name} names, read or not. */
    public static ObjectId id(Repository repository, String name) {
        Optional<ObjectId> branch = branch(repository, name);
        if (branch.isPresent()) {
            return branch.get();
        }
        Matcher generation = GENERATION.matcher(name);
        if (generation.matches()) {
            ObjectId head = id(repository, generation.group(1));
            return ancestor(repository, head, Integer.parseInt(generation.group(2)), name);
        }
        Matcher atTime = AT_TIME.matcher(name);
        if (atTime.matches()) {
            ObjectId head = id(repository, atTime.group(1));
            return madeBy(repository, head, TimeText.ofNow().parse(name, atTime.group(2)), name);
        }
        if (HEX.matcher(name).matches()) {
            return byPrefix(repository, name.toLowerCase(Locale.ROOT));
        }
        if (NEWEST.contains(name.toLowerCase(Locale.ROOT))) {
            throw CommandFailure.usage(
                    "no snapshot or branch '" + ShownText.oneLine(name) + "'",
                    "The newest snapshot of a branch has the branch's name%s.".formatted(branches(repository)));
        }
        throw noSuch(name);
    }

    private static String branches(Repository repository) {
        List<String> names = repository.store().branches().stream()
                .map(Branch::name)
                .limit(BRANCHES_SHOWN)
                .toList();
        return names.isEmpty() ? ", such as main" : ": " + String.join(", ", names);
    }

    private static Optional<ObjectId> branch(Repository repository, String name) {
        try {
            Branch.requireName(name);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return repository.store().branch(name).map(Branch::snapshot);
    }

    private static ObjectId ancestor(Repository repository, ObjectId head, int generations, String name) {
        History history = History.of(repository.store());
        ObjectId current = head;
        for (int i = 0; i < generations; i++) {
            int steps = i;
            current = history.retainedParent(current)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.FAILED,
                            name + " goes back further than the history does: it has " + steps + " steps",
                            "'cairn snapshots --branch BRANCH' lists them."));
        }
        return current;
    }

    private static ObjectId madeBy(Repository repository, ObjectId head, Instant time, String name) {
        History history = History.of(repository.store());
        SnapshotRecord current = repository.snapshot(head);
        while (current.description().time().isAfter(time)) {
            Instant oldest = current.description().time();
            current = history.retainedParent(current.id())
                    .map(repository::snapshot)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.FAILED,
                            "%s: there is nothing that old; the oldest is of %s".formatted(name, oldest),
                            "'cairn snapshots --branch BRANCH' lists them."));
        }
        return current.id();
    }

    private static ObjectId byPrefix(Repository repository, String prefix) {
        List<ObjectId> found = repository.store().snapshots().stream()
                .map(RetainedSnapshot::snapshot)
                .filter(id -> id.toString().startsWith(prefix))
                .toList();
        return switch (found.size()) {
            case 0 -> throw noSuch(prefix);
            case 1 -> found.getFirst();
            default ->
                throw new CommandFailure(
                        ExitCode.FAILED,
                        found.size() + " snapshots begin with " + prefix,
                        "Give more digits of the one you mean.");
        };
    }

    /** Nothing stands at {@code path} in a snapshot. */
    public static CommandFailure noSuchPath(EntryPath path) {
        return new CommandFailure(
                ExitCode.FAILED,
                "no such path in the snapshot: " + path,
                "'cairn ls SNAPSHOT -R' lists them. What was captured alone or with others keeps its whole path.");
    }

    private static CommandFailure noSuch(String name) {
        String hint = TOO_SHORT.matcher(name).matches()
                ? "'cairn snapshots' lists them; of an id give six digits or more."
                : "'cairn snapshots' lists them.";
        return new CommandFailure(ExitCode.FAILED, "no snapshot or branch '" + name + "'", hint);
    }
}
