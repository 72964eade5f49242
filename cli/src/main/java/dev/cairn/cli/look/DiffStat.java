package dev.cairn.cli.look;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryChange;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.text.SizeText;
import org.jspecify.annotations.Nullable;

/**
 * How much changed between two snapshots: a line for each folder that stands directly at the place that is compared, told when the
 * changes have left it; one for what stands there itself; one for all. Memory: three sums. For one thread.
 */
final class DiffStat {

    private final EntryPath top;
    private final Console console;
    private final Sum all = new Sum();
    private final Sum loose = new Sum();
    private @Nullable EntryPath folder;
    private Sum sum = new Sum();

    /** Changes, counted; bytes are lengths of files. */
    private static final class Sum {
        long added;
        long removed;
        long changed;
        long bytesAdded;
        long bytesRemoved;

        void add(EntryChange change) {
            switch (change) {
                case EntryChange.Added(Entry entry) -> {
                    added++;
                    bytesAdded += bytes(entry);
                }
                case EntryChange.Removed(Entry entry) -> {
                    removed++;
                    bytesRemoved += bytes(entry);
                }
                case EntryChange.Changed one -> {
                    changed++;
                    if (one.aspects().contains(EntryChange.Aspect.CONTENT)) {
                        bytesAdded += bytes(one.after());
                        bytesRemoved += bytes(one.before());
                    }
                }
            }
        }

        /** A later hard link is no further file. */
        private static long bytes(Entry entry) {
            return entry.content() == null ? 0 : entry.size();
        }

        boolean isEmpty() {
            return added + removed + changed == 0;
        }
    }

    /** @param top the place that is compared */
    DiffStat(EntryPath top, Console console) {
        this.top = top;
        this.console = console;
    }

    /** Counts a change; they come in path order. */
    void add(EntryChange change) {
        all.add(change);
        EntryPath group = group(change);
        if (group == null) {
            loose.add(change);
            return;
        }
        if (!group.equals(folder)) {
            leave();
            folder = group;
        }
        sum.add(change);
    }

    /** The folder at the top that a change is in, or is the change of; null where it is in none. */
    private @Nullable EntryPath group(EntryChange change) {
        EntryPath path = change.path();
        int depth = top.depth() + 1;
        if (path.depth() > depth) {
            return path.prefix(depth);
        }
        boolean isFolder = switch (change) {
            case EntryChange.Added(Entry entry) -> entry.isDirectory();
            case EntryChange.Removed(Entry entry) -> entry.isDirectory();
            case EntryChange.Changed one ->
                one.after().isDirectory() || one.before().isDirectory();
        };
        return path.depth() == depth && isFolder ? path : null;
    }

    private void leave() {
        if (folder != null) {
            print(folder, sum);
            sum = new Sum();
        }
    }

    /** There are no more changes: tells what was not told. */
    void finish() {
        leave();
        if (!loose.isEmpty()) {
            print(top, loose);
        }
        console.entry(() -> json(all).put("total", true), () -> text(all, "in all"));
    }

    private void print(EntryPath path, Sum one) {
        console.entry(
                () -> {
                    ObjectNode node = Console.object();
                    Console.putPath(node, path.bytes());
                    return node.setAll(json(one));
                },
                () -> text(one, path.equals(top) ? path + " itself" : path.toString()));
    }

    private static ObjectNode json(Sum one) {
        return Console.object()
                .put("added", one.added)
                .put("removed", one.removed)
                .put("changed", one.changed)
                .put("bytesAdded", one.bytesAdded)
                .put("bytesRemoved", one.bytesRemoved);
    }

    private static String text(Sum one, String name) {
        return "%,7d added %,7d removed %,7d changed  +%-8s -%-8s  %s"
                .formatted(
                        one.added,
                        one.removed,
                        one.changed,
                        SizeText.of(one.bytesAdded),
                        SizeText.of(one.bytesRemoved),
                        name);
    }
}
