package dev.cairn.docs;

import java.util.List;

/**
 * A third-party library, by the packages that it brings, and the rooms that may see it.
 *
 * @param name for messages
 * @param packages its package prefixes
 * @param rooms packages below the product's root, each with what is below it
 */
record Library(String name, List<String> packages, List<String> rooms) {
    Library {
        packages = List.copyOf(packages);
        rooms = List.copyOf(rooms);
        if (packages.isEmpty() || rooms.isEmpty()) {
            throw new IllegalArgumentException(name + " needs packages and rooms");
        }
    }

    /** The packages as ArchUnit's patterns: each with everything below it. */
    String[] packagePatterns() {
        return packages.stream().map(prefix -> prefix + "..").toArray(String[]::new);
    }

    /** The rooms as ArchUnit's patterns under a root. */
    String[] roomPatterns(String root) {
        return rooms.stream().map(room -> root + "." + room + "..").toArray(String[]::new);
    }
}
