package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EntryPageFormatTest {

    private final EntryPageFormat format = new EntryPageFormat();

    @Test
    void decode_randomEntriesWithOddNames_givesThemBack() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            List<Entry> entries = page(new RandomEntries(random), 1 + random.nextInt(60));
            PlainObject object = Page.encode(format, 0, entries);
            assertThat(Page.decode(object, format, "test").items())
                    .as("seed=%d", seed)
                    .isEqualTo(entries);
            assertThat(Page.encode(format, 0, entries).body())
                    .as("seed=%d", seed)
                    .isEqualTo(object.body());
        }
    }

    @Test
    void weight_randomEntries_boundsThePage() {
        for (long seed = 1; seed <= 100; seed++) {
            List<Entry> entries = page(new RandomEntries(new Random(seed)), 60);
            long weight = entries.stream().mapToInt(format::weight).sum();
            PlainObject object = Page.encode(format, 0, entries);
            int bytes = object.body().length
                    + ObjectId.BYTES
                            * (object.nodeChildren().size()
                                    + object.chunkChildren().size());
            assertThat((double) bytes / weight).as("seed=%d", seed).isBetween(0.4, 1.4);
        }
    }

    @Test
    void encode_contentsThatShareAChunk_namesItOnce() {
        Metadata metadata = new Metadata(0644, Owner.ROOT, 0, 0, Xattrs.none());
        ObjectId chunk = new RandomEntries(new Random(7)).id();
        List<Entry> entries = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            entries.add(Entry.file(
                    EntryPath.parse(name), metadata, new Content.Segments(List.of(new Segment.Data(chunk, 1000)))));
        }
        PlainObject object = Page.encode(format, 0, entries);
        assertThat(object.chunkChildren()).containsExactly(chunk);
        assertThat(Page.decode(object, format, "test").items()).isEqualTo(entries);
    }

    @Test
    void entry_contradictions_areRefused() {
        Metadata metadata = new Metadata(0644, Owner.ROOT, 0, 0, Xattrs.none());
        EntryPath path = EntryPath.parse("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Entry.file(EntryPath.ROOT, metadata, Content.empty()))
                .withMessageContaining("root");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Entry.directory(path, metadata).asFirstLink());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Entry.directory(path, metadata).asChangedWhileRead());
        Entry first = Entry.file(path, metadata, Content.empty()).asFirstLink();
        assertThatIllegalArgumentException().isThrownBy(() -> Entry.laterLink(path, first));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Entry.laterLink(EntryPath.parse("b"), first.withHardLink(null)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Metadata(010000, Owner.ROOT, 0, 0, Xattrs.none()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Metadata(0, Owner.ROOT, 0, 1_000_000_000, Xattrs.none()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Owner(0, 0, "x".repeat(129), ""));
    }

    /** Entries as a page has them: sorted, any slice of a tree. */
    static List<Entry> page(RandomEntries random, int count) {
        List<Entry> entries = new ArrayList<>(random.tree(count + 1).values());
        Collections.sort(entries, (a, b) -> a.path().compareTo(b.path()));
        return entries.subList(entries.size() - count, entries.size());
    }
}
