package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.Owner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The names of users and groups, as {@code /etc/passwd} and {@code /etc/group} have them. Accounts that come from a directory
 * service stay numbers. Read once. For one thread.
 */
final class OwnerNames {

    /** Owners kept; a tree with more distinct ones only costs more look-ups. */
    private static final int OWNERS_MAX = 10_000;

    private static final long FILE_BYTES_MAX = 64L << 20;

    private final Map<Integer, String> users;
    private final Map<Integer, String> groups;
    private final Map<Long, Owner> owners = new HashMap<>();

    private OwnerNames(Map<Integer, String> users, Map<Integer, String> groups) {
        this.users = users;
        this.groups = groups;
    }

    /** The names that this system knows. */
    static OwnerNames system() {
        return new OwnerNames(names(Path.of("/etc/passwd")), names(Path.of("/etc/group")));
    }

    /** The names in such files; none where a file is not there. */
    static OwnerNames of(Path passwd, Path group) {
        return new OwnerNames(names(passwd), names(group));
    }

    /** The owner with these numbers. */
    Owner owner(long uid, long gid) {
        long key = (uid << 32) | gid;
        Owner known = owners.get(key);
        if (known == null) {
            known = new Owner(
                    (int) uid, (int) gid, users.getOrDefault((int) uid, ""), groups.getOrDefault((int) gid, ""));
            if (owners.size() < OWNERS_MAX) {
                owners.put(key, known);
            }
        }
        return known;
    }

    /** Lines of {@code name:password:number:...}; the first line of a number names it, as the C library has it. */
    private static Map<Integer, String> names(Path file) {
        Map<Integer, String> names = new HashMap<>();
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                return names;
            }
            for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1)) {
                String[] fields = line.split(":", 4);
                if (fields.length >= 3 && fields[2].matches("\\d{1,10}") && Owner.isName(fields[0])) {
                    names.putIfAbsent((int) Long.parseLong(fields[2]), fields[0]);
                }
            }
        } catch (IOException e) {
            // A container without accounts: numbers say all there is.
            return names;
        }
        return names;
    }
}
