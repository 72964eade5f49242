package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HeapObjects;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.MerkleMapBuilder;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.base.OldPages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("looks at the whole process")
final class EntriesAheadTest {

    private static final int FILES = 20_000;

    private final HeapObjects objects = new HeapObjects();
    private final List<ObjectId> leaves = new ArrayList<>();
    private final ObjectId root = manifest(FILES);

    private ObjectId manifest(int files) {
        MerkleMapBuilder<Entry> builder = MerkleMapBuilder.ofEntries(
                object -> {
                    ObjectId id = objects.put(object);
                    leaves.add(id);
                    return id;
                },
                PageBoundary.keyed(new byte[32]));
        Metadata metadata = new Metadata(0644, Owner.ROOT, 1, 0, Xattrs.none());
        builder.add(Entry.directory(EntryPath.ROOT, metadata));
        for (int i = 0; i < files; i++) {
            EntryPath path = EntryPath.ROOT.child("file-%06d".formatted(i).getBytes(StandardCharsets.US_ASCII));
            builder.add(Entry.file(path, metadata, new Content.Inline(new byte[] {(byte) i, (byte) (i >> 8)})));
        }
        return builder.finish();
    }

    private EntriesAhead ahead(OldPages pages, Cancellation cancellation) {
        return new EntriesAhead(
                source -> MerkleMap.ofEntries(root, source).readable(_ -> {}), objects, pages, cancellation);
    }

    @Test
    void everyEntry_isGivenInOrder_andPagesAreHeardOfAsIfReadThen() {
        OldPages wanted = new OldPages(objects);
        OldPages heard = new OldPages(objects);
        PlainObject stranger = objects.read(leaves.getFirst(), ObjectType.NODE);
        Iterator<Entry> plain = MerkleMap.ofEntries(root, wanted).readable(_ -> {});
        int changes = 0;
        ObjectId last = null;
        try (EntriesAhead entries = ahead(heard, Cancellation.NEVER)) {
            while (plain.hasNext()) {
                assertThat(entries.hasNext()).isTrue();
                ObjectId page = heard.replacedBy(stranger, null);
                assertThat(page).isEqualTo(wanted.replacedBy(stranger, null));
                changes += page == null || page.equals(last) ? 0 : 1;
                last = page;
                assertThat(entries.next()).isEqualTo(plain.next());
            }
            assertThat(entries.hasNext()).isFalse();
            assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);
        }
        assertThat(changes).as("pages").isGreaterThan(10);
    }

    @Test
    void damagedFirstPage_isTheCallersAtOnce() {
        ObjectId missing = new ObjectId(0, 0, 0, 0);
        assertThatThrownBy(() -> new EntriesAhead(
                        source -> MerkleMap.ofEntries(missing, source).readable(_ -> {}),
                        objects,
                        new OldPages(objects),
                        Cancellation.NEVER))
                .isInstanceOf(CorruptDataException.class);
    }

    @Test
    void whatTheReadingThrows_isThrownByTheIterator() {
        try (EntriesAhead entries = new EntriesAhead(
                source -> new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        throw new CorruptDataException("a page", "one", "none");
                    }

                    @Override
                    public Entry next() {
                        throw new NoSuchElementException();
                    }
                },
                objects,
                new OldPages(objects),
                Cancellation.NEVER)) {
            assertThatThrownBy(entries::hasNext).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void closedInTheMiddle_readsNoMore() throws InterruptedException {
        Set<Thread> others = readers();
        EntriesAhead entries = ahead(new OldPages(objects), Cancellation.NEVER);
        Set<Thread> mine = readers();
        mine.removeAll(others);
        assertThat(entries.next().path()).isEqualTo(EntryPath.ROOT);
        entries.close();
        entries.close();
        while (entries.hasNext()) {
            assertThat(entries.next()).isNotNull();
        }
        for (Thread reader : mine) {
            // It, and what captures of other tests began at the same moment: those end too.
            assertThat(reader.join(Duration.ofMinutes(1))).isTrue();
        }
    }

    private static Set<Thread> readers() {
        Set<Thread> readers = new HashSet<>(Thread.getAllStackTraces().keySet());
        readers.removeIf(thread -> !thread.getName().startsWith("cairn-before"));
        return readers;
    }

    @Test
    void cancelledWhileItWaits_stops() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        try (EntriesAhead entries = new EntriesAhead(
                source -> new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        try {
                            stuck.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        return false;
                    }

                    @Override
                    public Entry next() {
                        throw new NoSuchElementException();
                    }
                },
                objects,
                new OldPages(objects),
                () -> true)) {
            assertThatThrownBy(entries::hasNext).isInstanceOf(CancellationException.class);
            stuck.countDown();
        }
    }
}
