package dev.cairn.bench;

import dev.cairn.bench.data.Rehearsal;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryDiff;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.MerkleMapBuilder;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.ObjectHasher;
import dev.cairn.cas.seal.RepositoryKeys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Manifests of 100,000 entries, 100 files a folder: building one, listing it, looking paths up, and comparing it with one in which
 * 100 entries differ. Pages are plain objects in memory: encoding, cutting and naming are in the figures, sealing and the store
 * are not. An operation is one entry, one lookup, one whole comparison.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init")
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MerkleMapBenchmark {
    private static final int ENTRIES = 100_000;
    private static final int FILES_A_FOLDER = 100;
    private static final int CHANGES = 100;
    private static final int LOOKUPS = 1_000;
    private static final long SEED = 20_26;

    private final RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());
    private final ObjectHasher hasher = keys.hasher();
    private final PageBoundary boundary = PageBoundary.keyed(keys.manifestKey().copy());
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<Entry> entries = new ArrayList<>();
    private final List<EntryPath> wanted = new ArrayList<>();
    private MerkleMap<Entry> before;
    private MerkleMap<Entry> after;

    @Setup
    public void prepare() {
        int size = Rehearsal.size(ENTRIES);
        entries.add(Entry.directory(EntryPath.ROOT, metadata(0755)));
        for (int folder = 0; entries.size() < size; folder++) {
            EntryPath parent = EntryPath.parse("folder-" + folder);
            entries.add(Entry.directory(parent, metadata(0755)));
            for (int i = 0; i < FILES_A_FOLDER && entries.size() < size; i++) {
                entries.add(file(parent.child("file-" + i + ".java")));
            }
        }
        entries.sort(Comparator.comparing(Entry::path));
        Map<ObjectId, PlainObject> pages = new HashMap<>();
        ObjectSource source = (id, _) -> Objects.requireNonNull(pages.get(id));
        before = MerkleMap.ofEntries(map(entries, pages), source);
        List<Entry> changed = new ArrayList<>(entries);
        for (int i = 0; i < CHANGES; i++) {
            int at = i * (size / CHANGES) + 7;
            changed.set(at, changed.get(at).withMetadata(metadata(0600)));
        }
        after = MerkleMap.ofEntries(map(changed, pages), source);
        for (int i = 0; i < LOOKUPS; i++) {
            wanted.add(entries.get(random.nextInt(size)).path());
        }
    }

    private Entry file(EntryPath path) {
        ObjectId chunk = new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        int length = 1_000 + random.nextInt(50_000);
        return Entry.file(path, metadata(0644), new Content.Segments(List.of(new Segment.Data(chunk, length))));
    }

    private Metadata metadata(int mode) {
        long seconds = 1_700_000_000L + random.nextInt(100_000_000);
        return new Metadata(mode, Owner.ROOT, seconds, random.nextInt(Metadata.NANOS_PER_SECOND), Xattrs.none());
    }

    private ObjectId map(List<Entry> from, Map<ObjectId, PlainObject> pages) {
        return map(from, page -> {
            ObjectId id = hasher.id(page);
            pages.put(id, page);
            return id;
        });
    }

    private ObjectId map(List<Entry> from, ObjectSink sink) {
        MerkleMapBuilder<Entry> builder = MerkleMapBuilder.ofEntries(sink, boundary);
        from.forEach(builder::add);
        return builder.finish();
    }

    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    @Operation("entry")
    public ObjectId build() {
        return map(entries, hasher::id);
    }

    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    @Operation("entry")
    public void list(Blackhole sink) {
        for (Entry entry : before) {
            sink.consume(entry);
        }
    }

    /** The changes' count, which is checked: a comparison that skips too much is quick. */
    @Benchmark
    @Operation("comparison")
    public int diff() {
        int changes = 0;
        for (Iterator<?> diff = EntryDiff.between(before, after); diff.hasNext(); diff.next()) {
            changes++;
        }
        if (changes != CHANGES) {
            throw new IllegalStateException("%d changes, not %d".formatted(changes, CHANGES));
        }
        return changes;
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    @Operation("lookup")
    public void lookup(Blackhole sink) {
        for (EntryPath path : wanted) {
            sink.consume(before.get(path).orElseThrow());
        }
    }
}
