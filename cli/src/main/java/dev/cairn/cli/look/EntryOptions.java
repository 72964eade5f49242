package dev.cairn.cli.look;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.snapshot.pattern.PathCharacters;
import dev.cairn.cas.snapshot.pattern.PathPattern;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.ByteCountText;
import dev.cairn.cli.text.RawText;
import dev.cairn.cli.text.ShownText;
import dev.cairn.cli.text.TimeText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is looked for in snapshots. */
final class EntryOptions {

    @Option(
            names = {"-i", "--ignore-case"},
            description = "Letters match in upper and lower case.")
    private boolean anyCase;

    @Option(
            names = "--type",
            paramLabel = "T",
            description =
                    "Only f (file), d (directory), l (symbolic link), p (FIFO), s (socket), c or b (device); may be"
                            + " given several times.")
    private List<String> types = new ArrayList<>();

    @Option(names = "--larger-than", paramLabel = "SIZE", description = "Only files of more than that, such as 10M.")
    private @Nullable String largerThan;

    @Option(names = "--smaller-than", paramLabel = "SIZE", description = "Only files of less than that.")
    private @Nullable String smallerThan;

    @Option(
            names = "--newer",
            paramLabel = "TIME",
            description = "Only what was modified at that time or later: 2d or 36h ago, yesterday, 2026-11-01.")
    private @Nullable String newer;

    @Option(names = "--older", paramLabel = "TIME", description = "Only what was modified before that.")
    private @Nullable String older;

    /**
     * The test that an entry must pass. For one thread.
     *
     * @throws CommandFailure if something is not a pattern, a type, a size or a time
     */
    Predicate<Entry> wanted(String pattern) {
        Predicate<Entry> wanted = named(pattern);
        if (!types.isEmpty()) {
            Set<EntryType> allowed = EnumSet.noneOf(EntryType.class);
            types.forEach(text -> allowed.add(type(text)));
            wanted = wanted.and(entry -> allowed.contains(entry.type()));
        }
        if (largerThan != null) {
            long bytes = ByteCountText.parse("--larger-than", largerThan);
            wanted = wanted.and(entry -> entry.type() == EntryType.FILE && entry.size() > bytes);
        }
        if (smallerThan != null) {
            long bytes = ByteCountText.parse("--smaller-than", smallerThan);
            wanted = wanted.and(entry -> entry.type() == EntryType.FILE && entry.size() < bytes);
        }
        TimeText times = TimeText.ofNow();
        if (newer != null) {
            Instant first = times.parse("--newer", newer);
            wanted = wanted.and(entry -> !EntryText.mtime(entry).isBefore(first));
        }
        if (older != null) {
            Instant last = times.parse("--older", older);
            wanted = wanted.and(entry -> EntryText.mtime(entry).isBefore(last));
        }
        return wanted;
    }

    private Predicate<Entry> named(String pattern) {
        try {
            PathPattern parsed = PathPattern.parse(RawText.bytes(pattern), anyCase);
            PathCharacters characters = new PathCharacters();
            return entry ->
                    !entry.path().isRoot() && parsed.matches(characters.set(entry.path()), 0, entry.isDirectory());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    String.valueOf(e.getMessage()), "See 'cairn find --help'; '*' finds everything.");
        }
    }

    private static EntryType type(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "f", "file" -> EntryType.FILE;
            case "d", "directory" -> EntryType.DIRECTORY;
            case "l", "symlink" -> EntryType.SYMLINK;
            case "p", "fifo" -> EntryType.FIFO;
            case "s", "socket" -> EntryType.SOCKET;
            case "c", "char-device" -> EntryType.CHAR_DEVICE;
            case "b", "block-device" -> EntryType.BLOCK_DEVICE;
            default ->
                throw CommandFailure.usage(
                        "--type: there is no '%s'".formatted(ShownText.oneLine(text)),
                        "Write f, d, l, p, s, c or b, as for find(1).");
        };
    }
}
