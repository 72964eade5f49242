package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import dev.cairn.cas.snapshot.base.OldPages;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * The entries of a manifest, whose pages a thread of its own reads ahead, since opening and parsing them takes as long as looking at the
 * files does.
 *
 * <p>{@link OldPages} hears of a page when its first entry is wanted, as if it were read only then: which of them a new page is
 * compared with must not depend on how quick a thread is.
 *
 * <p>Bounded: {@value #PAGES_AHEAD} pages of entries. For one thread.
 */
final class EntriesAhead implements Iterator<Entry>, AutoCloseable {

    private static final int PAGES_AHEAD = 4;

    private final Workers reader = new Workers("cairn-before", 1);
    private final Deque<Workers.Work<Batch>> ahead = new ArrayDeque<>();
    private final OldPages pages;
    private final Cancellation cancellation;
    private final Reading reading;
    private Iterator<Entry> taken;

    /**
     * Begins to read.
     *
     * @param entries makes the iterator of the entries, whose pages are read through the source that it is given
     * @param objects where the pages are
     * @param pages hears of them
     */
    EntriesAhead(
            Function<ObjectSource, Iterator<Entry>> entries,
            ObjectSource objects,
            OldPages pages,
            Cancellation cancellation) {
        this.pages = pages;
        this.cancellation = cancellation;
        this.reading = new Reading(entries, objects);
        this.taken = List.<Entry>of().iterator();
        while (ahead.size() < PAGES_AHEAD) {
            ahead.add(reader.start(reading::next));
        }
    }

    /** Entries of one page, and the pages that had to be read for them; no entries at the end. */
    private record Batch(List<PageRead> read, List<Entry> entries) {}

    private record PageRead(ObjectId id, PlainObject page) {}

    /** What the thread does, one piece after the other. */
    private static final class Reading implements ObjectSource {
        private final ObjectSource objects;
        private final Iterator<Entry> entries;
        private List<PageRead> read = new ArrayList<>();

        Reading(Function<ObjectSource, Iterator<Entry>> entries, ObjectSource objects) {
            this.objects = objects;
            this.entries = entries.apply(this);
        }

        /** All entries up to the first one for which another page has to be read. */
        Batch next() {
            // Looks at where the next page begins, so that what was read is of this batch.
            boolean more = entries.hasNext();
            List<PageRead> before = read;
            read = new ArrayList<>();
            List<Entry> some = new ArrayList<>();
            while (more && read.isEmpty()) {
                some.add(entries.next());
                more = entries.hasNext();
            }
            return new Batch(before, some);
        }

        @Override
        public PlainObject read(ObjectId id, ObjectType type) {
            PlainObject object = objects.read(id, type);
            if (type == ObjectType.NODE) {
                read.add(new PageRead(id, object));
            }
            return object;
        }

        @Override
        public Bytes chunk(ObjectId id) {
            return objects.chunk(id);
        }

        @Override
        public Bytes unverifiedChunk(ObjectId id) {
            return objects.unverifiedChunk(id);
        }
    }

    /**
     * Waits for a page, at most.
     *
     * @throws java.util.concurrent.CancellationException if it is time to stop
     * @throws CorruptDataException as the iterator that was given
     */
    @Override
    public boolean hasNext() {
        while (!taken.hasNext() && !ahead.isEmpty()) {
            Batch batch = ahead.removeFirst().join(cancellation);
            batch.read().forEach(page -> pages.remember(page.id(), page.page()));
            taken = batch.entries().iterator();
            if (batch.entries().isEmpty()) {
                ahead.clear();
            } else {
                ahead.add(reader.start(reading::next));
            }
        }
        return taken.hasNext();
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return taken.next();
    }

    /** Ends the thread. Idempotent. */
    @Override
    public void close() {
        ahead.clear();
        reader.close();
    }
}
