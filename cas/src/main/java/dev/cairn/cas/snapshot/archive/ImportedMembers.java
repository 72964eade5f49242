package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.PackedEntry;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an archive says of its paths, member by member, put in path order: the last member of a path counts, as it does for tar, and a hard
 * link is the file that stood at its target when it came, whatever comes there later.
 *
 * <p>All of it is sorting and joining of sorted records: a link asks for its target by the target's path, gets the member's key, and the
 * links of each member come together by that key. So memory is that of a {@link RecordSort}, whatever the archive. For one thread.
 */
final class ImportedMembers {

    /** How many links may lead to one another. GNU tar and others link to the first name, so to one. */
    private static final int LINK_ROUNDS_MAX = 40;

    private static final byte ENTRY = 0;
    private static final byte LINK = 1;

    private final RecordSort.Spill spill;
    private final int bufferBytes;
    private final Refusals refusals;

    /** All members: by {@link VersionKey}, an entry or the key of the path that it is linked to. */
    private final RecordSort members;

    /** Links that still look for their targets: by the target's path and the link's number, the link. */
    private RecordSort asking;

    /** Links that found them: by the link, the target. */
    private RecordSort found;

    /** Entries that take the place of what the members say, since they are of a group of links: by path and 0. */
    private final RecordSort linked;

    private long number;

    /** Hears of members that are left out. */
    @FunctionalInterface
    interface Refusals {
        void refused(EntryPath path, String reason);
    }

    ImportedMembers(RecordSort.Spill spill, Refusals refusals) {
        this(spill, RecordSort.BUFFER_BYTES, refusals);
    }

    ImportedMembers(RecordSort.Spill spill, int bufferBytes, Refusals refusals) {
        this.spill = spill;
        this.bufferBytes = bufferBytes;
        this.refusals = refusals;
        members = new RecordSort(spill, bufferBytes);
        asking = sort();
        found = sort();
        linked = sort();
    }

    private RecordSort sort() {
        return new RecordSort(spill, bufferBytes / 4);
    }

    /** The next member, which is no hard link. */
    void add(Entry entry) throws IOException {
        byte[] packed = PackedEntry.pack(entry);
        byte[] value = new byte[1 + packed.length];
        value[0] = ENTRY;
        System.arraycopy(packed, 0, value, 1, packed.length);
        members.add(VersionKey.of(entry.path(), number++), value);
    }

    /** The next member, a hard link. */
    void addLink(EntryPath path, EntryPath target) throws IOException {
        byte[] key = target.key();
        byte[] value = new byte[1 + key.length];
        value[0] = LINK;
        System.arraycopy(key, 0, value, 1, key.length);
        byte[] self = VersionKey.of(path, number);
        members.add(self, value);
        asking.add(VersionKey.of(target, number), self);
        number++;
    }

    /** Whether there is any. */
    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Gives the entries, in path order; folders that lack are not made up. */
    void entries(Consumer<Entry> sink) throws IOException {
        findTargets();
        joinGroups();
        FinalMembers last = new FinalMembers(refusals);
        RecordSort.Cursor replacements = linked.cursor();
        RecordSort.Item replacement = replacements.next();
        for (RecordSort.Item item = last.next(); item != null; item = last.next()) {
            EntryPath path = VersionKey.path(item.key());
            byte[] key = VersionKey.of(path, 0);
            while (replacement != null && Arrays.compareUnsigned(replacement.key(), key) < 0) {
                replacement = replacements.next();
            }
            if (replacement != null && Arrays.equals(replacement.key(), key)) {
                sink.accept(PackedEntry.unpack(replacement.value(), "an entry of the import"));
            } else if (item.value()[0] == ENTRY) {
                sink.accept(entry(item));
            }
        }
    }

    private static Entry entry(RecordSort.Item item) {
        return PackedEntry.unpack(Arrays.copyOfRange(item.value(), 1, item.value().length), "an entry of the import");
    }

    /** Joins links with the members before them at their targets' paths, until none leads to another link. */
    private void findTargets() throws IOException {
        for (int round = 0; !asking.isEmpty(); round++) {
            if (round == LINK_ROUNDS_MAX) {
                throw ArchiveException.unsupported(
                        "more than %d hard links lead from one to the next".formatted(LINK_ROUNDS_MAX),
                        "Make the archive again from the files themselves.");
            }
            RecordSort next = sort();
            RecordSort.Cursor questions = asking.cursor();
            RecordSort.Cursor all = members.cursor();
            RecordSort.Item ahead = all.next();
            RecordSort.Item latest = null;
            for (RecordSort.Item question = questions.next(); question != null; question = questions.next()) {
                while (ahead != null && Arrays.compareUnsigned(ahead.key(), question.key()) < 0) {
                    latest = ahead;
                    ahead = all.next();
                }
                answer(question, latest, next);
            }
            asking = next;
        }
    }

    private void answer(RecordSort.Item question, RecordSort.@Nullable Item latest, RecordSort next)
            throws IOException {
        byte[] link = question.value();
        if (latest == null || !VersionKey.isSamePath(latest.key(), question.key())) {
            refusals.refused(
                    VersionKey.path(link),
                    "it is a hard link to %s, which does not come before it"
                            .formatted(VersionKey.path(question.key())));
        } else if (latest.value()[0] == LINK) {
            EntryPath target = EntryPath.ofKey(Arrays.copyOfRange(latest.value(), 1, latest.value().length));
            next.add(VersionKey.of(target, VersionKey.number(latest.key())), link);
        } else if (entry(latest).isDirectory()) {
            refusals.refused(VersionKey.path(link), "it is a hard link to a folder");
        } else {
            found.add(link, latest.key());
        }
    }

    /** Brings the names of each linked file together; the first in path order has the content, the others refer to it. */
    private void joinGroups() throws IOException {
        if (found.isEmpty()) {
            return;
        }
        RecordSort names = sort();
        FinalMembers last = new FinalMembers(null);
        for (RecordSort.Item item = last.next(); item != null; item = last.next()) {
            byte[] target = last.target();
            if (target != null) {
                EntryPath path = VersionKey.path(item.key());
                byte[] key = Arrays.copyOf(target, target.length + path.key().length);
                System.arraycopy(path.key(), 0, key, target.length, path.key().length);
                names.add(key, target);
            }
        }
        RecordSort.Cursor links = names.cursor();
        RecordSort.Cursor all = members.cursor();
        FinalMembers kept = new FinalMembers(null);
        RecordSort.Item member = all.next();
        RecordSort.Item standing = kept.next();
        RecordSort.Item name = links.next();
        while (name != null) {
            byte[] target = name.value();
            while (member != null && !Arrays.equals(member.key(), target)) {
                member = all.next();
            }
            while (standing != null && Arrays.compareUnsigned(standing.key(), target) < 0) {
                standing = kept.next();
            }
            boolean stands = standing != null && Arrays.equals(standing.key(), target);
            Group group = new Group(entry(Objects.requireNonNull(member)), stands);
            while (name != null && Arrays.equals(name.value(), target)) {
                byte[] key = name.key();
                group.add(EntryPath.ofKey(Arrays.copyOfRange(key, target.length, key.length)));
                name = links.next();
            }
            group.end();
        }
    }

    /** The names of one file, which come in path order, but for its own. */
    private final class Group {
        private final Entry file;

        /** Its own path is a name too, and did not have its turn yet. */
        private boolean own;

        private @Nullable EntryPath single;
        private @Nullable Entry first;

        Group(Entry file, boolean stands) {
            this.file = file;
            this.own = stands;
        }

        void add(EntryPath path) throws IOException {
            if (own && file.path().compareTo(path) < 0) {
                own = false;
                name(file.path());
            }
            name(path);
        }

        void end() throws IOException {
            if (own) {
                name(file.path());
            }
            if (single != null) {
                put(file.withPath(single));
            }
        }

        private void name(EntryPath path) throws IOException {
            if (first != null) {
                put(Entry.laterLink(path, first));
            } else if (single == null) {
                single = path;
            } else {
                first = file.withPath(single).asFirstLink();
                single = null;
                put(first);
                put(Entry.laterLink(path, first));
            }
        }

        private void put(Entry entry) throws IOException {
            linked.add(VersionKey.of(entry.path(), 0), PackedEntry.pack(entry));
        }
    }

    /**
     * The last member of each path, in path order, but for links without a target and what stands beneath something that is no folder.
     */
    private final class FinalMembers implements RecordSort.Cursor {
        private final @Nullable Refusals heard;
        private final RecordSort.Cursor all = members.cursor();
        private final RecordSort.Cursor targets = found.cursor();
        private RecordSort.@Nullable Item ahead = all.next();
        private RecordSort.@Nullable Item answer = targets.next();
        private byte @Nullable [] target;
        private @Nullable EntryPath noFolder;

        FinalMembers(@Nullable Refusals heard) throws IOException {
            this.heard = heard;
        }

        /** What the link that came last is linked to; null if it is none. */
        byte @Nullable [] target() {
            return target;
        }

        @Override
        public RecordSort.@Nullable Item next() throws IOException {
            while (ahead != null) {
                RecordSort.Item item = ahead;
                ahead = all.next();
                if ((ahead == null || !VersionKey.isSamePath(ahead.key(), item.key())) && isKept(item)) {
                    return item;
                }
            }
            return null;
        }

        private boolean isKept(RecordSort.Item item) throws IOException {
            target = null;
            if (item.value()[0] == LINK) {
                while (answer != null && Arrays.compareUnsigned(answer.key(), item.key()) < 0) {
                    answer = targets.next();
                }
                if (answer == null || !Arrays.equals(answer.key(), item.key())) {
                    return false;
                }
                target = answer.value();
            }
            EntryPath path = VersionKey.path(item.key());
            if (noFolder != null && path.startsWith(noFolder)) {
                if (heard != null) {
                    heard.refused(path, "it stands beneath " + noFolder + ", which is no folder");
                }
                return false;
            }
            if (target != null || !entry(item).isDirectory()) {
                noFolder = path;
            }
            return true;
        }
    }
}
