package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryChange;
import dev.cairn.cas.manifest.EntryDiff;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.ValidatedEntries;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks the shape of a manifest that came from elsewhere: the root is a folder, everything stands in a folder, nothing beneath
 * a file or a link, hard links lead to the first of their group.
 *
 * <p>Beside a manifest that was checked before only what differs is looked at, so that a long history costs what changed in it.
 */
public final class ManifestCheck {

    private ManifestCheck() {}

    /**
     * Checks the manifest at {@code root}.
     *
     * @param checked the root of one that was checked before; null if there is none
     * @throws CorruptDataException if it is not a folder's
     */
    public static void requireWellFormed(ObjectId root, @Nullable ObjectId checked, ObjectSource objects) {
        MerkleMap<Entry> after = MerkleMap.ofEntries(root, objects);
        if (checked == null) {
            ValidatedEntries entries = ValidatedEntries.of(after);
            if (!entries.hasNext()) {
                throw new CorruptDataException("manifest " + root, "a root folder", "no entry");
            }
            while (entries.hasNext()) {
                entries.next();
            }
            return;
        }
        EntryDiff changes = EntryDiff.between(MerkleMap.ofEntries(checked, objects), after);
        while (changes.hasNext()) {
            switch (changes.next()) {
                case EntryChange.Added(Entry entry) -> present(after, entry);
                case EntryChange.Changed(Entry before, Entry entry) -> {
                    present(after, entry);
                    if (before.isDirectory() && !entry.isDirectory()) {
                        nothingBeneath(after, entry.path());
                    }
                }
                case EntryChange.Removed(Entry entry) -> {
                    if (entry.isDirectory()) {
                        nothingBeneath(after, entry.path());
                    }
                }
            }
        }
    }

    private static void present(MerkleMap<Entry> map, Entry entry) {
        EntryPath parent = entry.path().parent();
        if (parent != null && !map.get(parent).map(Entry::isDirectory).orElse(false)) {
            throw corrupt(map, entry.path() + " stands in " + parent + ", which is no folder");
        }
        if (entry.hardLink() instanceof HardLink.Later(EntryPath first)) {
            Optional<Entry> named = map.get(first);
            if (named.isEmpty()
                    || !(named.get().hardLink() instanceof HardLink.First)
                    || named.get().type() != entry.type()
                    || named.get().size() != entry.size()) {
                throw corrupt(map, entry.path() + " is linked to " + first + ", which is not the first of its group");
            }
        }
    }

    private static void nothingBeneath(MerkleMap<Entry> map, EntryPath path) {
        Iterator<Entry> beneath = map.subtree(path);
        while (beneath.hasNext()) {
            Entry entry = beneath.next();
            if (!entry.path().equals(path)) {
                throw corrupt(map, entry.path() + " stands beneath " + path + ", which is no folder");
            }
        }
    }

    private static CorruptDataException corrupt(MerkleMap<Entry> map, String fault) {
        return CorruptDataException.because("manifest " + map.root(), fault, null);
    }
}
