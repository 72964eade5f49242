package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.Entry;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a capture made of a tree: its entries by path as text. */
final class CapturedEntries {
    private final SortedMap<String, Entry> entries = new TreeMap<>();

    void add(Entry entry) {
        entries.put(entry.path().toString(), entry);
    }

    /** The entry at {@code path}; a test that names one that is not there fails. */
    Entry at(String path) {
        Entry entry = entries.get(path);
        if (entry == null) {
            throw new AssertionError("no entry '%s' among %s".formatted(path, paths()));
        }
        return entry;
    }

    Set<String> paths() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    Collection<Entry> all() {
        return Collections.unmodifiableCollection(entries.values());
    }
}
