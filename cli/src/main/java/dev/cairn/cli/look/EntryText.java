package dev.cairn.cli.look;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.text.SizeText;
import dev.cairn.cli.text.TimeText;
import java.time.Instant;
import java.util.Locale;

/**
 * An entry of a snapshot, for listings.
 *
 * @param human whether sizes have a unit
 */
record EntryText(boolean human) {

    static ObjectNode json(Entry entry) {
        ObjectNode node = Console.object();
        Console.putPath(node, entry.path().bytes());
        node.put("type", word(entry.type()))
                .put("size", entry.size())
                .put("mode", "%04o".formatted(entry.metadata().mode()))
                .put("uid", entry.metadata().owner().uidUnsigned())
                .put("gid", entry.metadata().owner().gidUnsigned())
                .put("user", entry.metadata().owner().user())
                .put("group", entry.metadata().owner().group())
                .put("mtime", mtime(entry).toString());
        if (entry.target() != null) {
            node.put("target", RawName.text(entry.requireTarget().bytes()));
        }
        EntryPath linked = entry.linkedTo();
        if (linked != null) {
            node.put("linkedTo", RawName.text(linked.bytes()));
        }
        return node;
    }

    /** A type as it is written and asked for. */
    static String word(EntryType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Instant mtime(Entry entry) {
        return Instant.ofEpochSecond(
                entry.metadata().mtimeSeconds(), entry.metadata().mtimeNanos());
    }

    /** One line, as {@code ls -l} writes it. */
    String line(Entry entry) {
        String target = entry.target() == null
                ? ""
                : " -> " + RawName.display(entry.requireTarget().bytes());
        return "%s%s  %-8s %-8s %12s  %s  %s%s"
                .formatted(
                        letter(entry.type()),
                        permissions(entry.metadata().mode()),
                        owner(
                                entry.metadata().owner().user(),
                                entry.metadata().owner().uidUnsigned()),
                        owner(
                                entry.metadata().owner().group(),
                                entry.metadata().owner().gidUnsigned()),
                        human ? SizeText.of(entry.size()) : Long.toString(entry.size()),
                        TimeText.shown(mtime(entry)),
                        entry.path(),
                        target);
    }

    /** The name where the snapshot has one, else the number. */
    static String owner(String name, long number) {
        return name.isEmpty() ? Long.toString(number) : RawName.display(name);
    }

    private static char letter(EntryType type) {
        return switch (type) {
            case FILE -> '-';
            case DIRECTORY -> 'd';
            case SYMLINK -> 'l';
            case FIFO -> 'p';
            case SOCKET -> 's';
            case CHAR_DEVICE -> 'c';
            case BLOCK_DEVICE -> 'b';
        };
    }

    private static String permissions(int mode) {
        char[] text = "rwxrwxrwx".toCharArray();
        for (int i = 0; i < text.length; i++) {
            if ((mode & (0400 >> i)) == 0) {
                text[i] = '-';
            }
        }
        special(text, 2, (mode & 04000) != 0, 's');
        special(text, 5, (mode & 02000) != 0, 's');
        special(text, 8, (mode & 01000) != 0, 't');
        return new String(text);
    }

    private static void special(char[] text, int at, boolean set, char letter) {
        if (set) {
            text[at] = text[at] == 'x' ? letter : Character.toUpperCase(letter);
        }
    }
}
