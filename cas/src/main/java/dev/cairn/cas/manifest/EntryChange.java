package dev.cairn.cas.manifest;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** What became of one path between two snapshots. */
public sealed interface EntryChange {

    /** The path. */
    EntryPath path();

    /** It is new. */
    record Added(Entry entry) implements EntryChange {
        @Override
        public EntryPath path() {
            return entry.path();
        }
    }

    /** It is gone. */
    record Removed(Entry entry) implements EntryChange {
        @Override
        public EntryPath path() {
            return entry.path();
        }
    }

    /** It is another: see {@link #aspects}. */
    record Changed(Entry before, Entry after) implements EntryChange {
        @Override
        public EntryPath path() {
            return after.path();
        }

        /**
         * What changed, at least one aspect. Of a later hard link, whose content stands elsewhere, a change of content shows
         * by size and time only; the first of its group tells for sure.
         */
        public Set<Aspect> aspects() {
            EnumSet<Aspect> aspects = EnumSet.noneOf(Aspect.class);
            Metadata old = before.metadata();
            Metadata now = after.metadata();
            add(aspects, Aspect.TYPE, before.type() != after.type());
            add(aspects, Aspect.CONTENT, contentChanged());
            add(aspects, Aspect.MODE, old.mode() != now.mode());
            add(aspects, Aspect.OWNER, !old.owner().equals(now.owner()));
            add(
                    aspects,
                    Aspect.MTIME,
                    old.mtimeSeconds() != now.mtimeSeconds() || old.mtimeNanos() != now.mtimeNanos());
            boolean later = before.linkedTo() != null || after.linkedTo() != null;
            add(aspects, Aspect.XATTRS, !later && !old.xattrs().equals(now.xattrs()));
            add(aspects, Aspect.HARD_LINK, !Objects.equals(before.hardLink(), after.hardLink()));
            return Collections.unmodifiableSet(aspects);
        }

        private boolean contentChanged() {
            boolean contents = before.content() != null
                    && after.content() != null
                    && !Objects.equals(before.content(), after.content());
            return contents
                    || before.size() != after.size()
                    || !Objects.equals(before.target(), after.target())
                    || !Objects.equals(before.device(), after.device())
                    || before.changedWhileRead() != after.changedWhileRead();
        }

        private static void add(EnumSet<Aspect> aspects, Aspect aspect, boolean changed) {
            if (changed) {
                aspects.add(aspect);
            }
        }
    }

    /** What can change of an entry. */
    enum Aspect {
        TYPE,
        /** The bytes of a file, the target of a link, the numbers of a device; or whether it changed while it was read. */
        CONTENT,
        MODE,
        OWNER,
        MTIME,
        XATTRS,
        /** Which other paths are the same file. */
        HARD_LINK
    }
}
