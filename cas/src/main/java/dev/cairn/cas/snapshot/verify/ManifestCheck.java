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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks the shape of a manifest that came from elsewhere: the root is a folder, everything stands in a folder, nothing beneath
 * a file or a link, hard links lead to the first of their group.
 *
 * <p>Beside a manifest that was checked before only what differs is looked at, so that a long history costs what changed in it;
 * all of it where the first of a group of hard links changed, since nothing tells which links lead to it.
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
        if (checked == null || !requireChangesWellFormed(MerkleMap.ofEntries(checked, objects), after)) {
            requireAllWellFormed(after);
        }
    }

    private static void requireAllWellFormed(MerkleMap<Entry> map) {
        ValidatedEntries entries = ValidatedEntries.of(map);
        if (!entries.hasNext()) {
            throw corrupt(map, "it has no root folder");
        }
        while (entries.hasNext()) {
            entries.next();
        }
    }

    /** Checks what differs; whether that was enough. */
    private static boolean requireChangesWellFormed(MerkleMap<Entry> before, MerkleMap<Entry> after) {
        if (after.get(EntryPath.ROOT).isEmpty()) {
            throw corrupt(after, "it has no root folder");
        }
        EntryDiff changes = EntryDiff.between(before, after);
        while (changes.hasNext()) {
            switch (changes.next()) {
                case EntryChange.Added(Entry entry) -> present(after, entry);
                case EntryChange.Changed(Entry old, Entry entry) -> {
                    if (old.hardLink() instanceof HardLink.First && !isFirstOf(entry, old)) {
                        return false;
                    }
                    present(after, entry);
                    if (old.isDirectory() && !entry.isDirectory()) {
                        nothingBeneath(after, entry.path());
                    }
                }
                case EntryChange.Removed(Entry entry) -> {
                    if (entry.hardLink() instanceof HardLink.First) {
                        return false;
                    }
                    if (entry.isDirectory()) {
                        nothingBeneath(after, entry.path());
                    }
                }
            }
        }
        return true;
    }

    private static void present(MerkleMap<Entry> map, Entry entry) {
        EntryPath parent = entry.path().parent();
        if (parent != null && !map.get(parent).map(Entry::isDirectory).orElse(false)) {
            throw corrupt(map, entry.path() + " stands in " + parent + ", which is no folder");
        }
        if (entry.hardLink() instanceof HardLink.Later(EntryPath first)
                && !map.get(first).map(named -> isFirstOf(named, entry)).orElse(false)) {
            throw corrupt(map, entry.path() + " is linked to " + first + ", which is not the first of its group");
        }
    }

    /** Whether {@code first} is the first of the group that {@code link} belongs to. */
    private static boolean isFirstOf(Entry first, Entry link) {
        return first.hardLink() instanceof HardLink.First
                && first.type() == link.type()
                && first.size() == link.size()
                && Objects.equals(first.target(), link.target())
                && Objects.equals(first.device(), link.device());
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
