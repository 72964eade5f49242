package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A process that damages copies of a {@link SmallReplica}, one after the other, and uses each: opens, reads, writes, and
 * rebuilds. Says what it is going to do before it does it, so that its death is known by its last line.
 */
final class DamageProbe {

    static final long SEED = 20_260_114;

    /** The last line of a probe that came to its end, before the number of its samples. */
    static final String DONE = "done ";

    /** How many objects are read where not all are. */
    private static final int SOME = 6;

    /** Of the meta pages' bits, one in so many is followed by a rebuild. */
    private static final int REBUILD_EVERY = 24;

    private final Path whole;
    private final Path copy;
    private final List<byte[]> oldIndexes = new ArrayList<>();
    private final SmallReplica replica;
    private int samples;

    private final List<byte[]> volumesOfWhole;
    private final IdentityHashMap<SealedRecord, Place> places = new IdentityHashMap<>();

    /** Where a body is in a volume, and the head of its container. */
    private record Place(byte[] volume, int head, int headEnd, int body, int bodyEnd) {
        boolean isIn(List<byte[]> files) {
            return files.stream().anyMatch(file -> isSame(file, head, headEnd) && isSame(file, body, bodyEnd));
        }

        private boolean isSame(byte[] file, int from, int to) {
            return file.length >= to && Arrays.equals(volume, from, to, file, from, to);
        }
    }

    private DamageProbe(Path folder) throws IOException {
        whole = folder.resolve("whole");
        copy = folder.resolve("copy");
        replica = SmallReplica.create(whole, SEED, _ -> oldIndexes.add(indexBytes()));
        volumesOfWhole = volumes(whole);
    }

    private byte[] indexBytes() {
        try {
            return Files.readAllBytes(whole.resolve(Damage.INDEX));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Arguments: a folder, and the name of a batch. */
    public static void main(String[] arguments) throws IOException {
        DamageProbe probe = new DamageProbe(Path.of(arguments[0]));
        String batch = arguments[1];
        for (Damage damage : probe.batch(batch, new SplittableRandom(SEED))) {
            System.out.println("sample " + damage.name());
            boolean some = batch.equals("metas");
            probe.use(damage, some, !some || probe.samples % REBUILD_EVERY == 0);
        }
        System.out.println(DONE + probe.samples);
    }

    private List<Damage> batch(String name, SplittableRandom random) throws IOException {
        List<Damage> damages = new ArrayList<>();
        for (String file : List.of(Damage.INDEX, Damage.volume(1), Damage.volume(2), Damage.volume(3))) {
            switch (name) {
                case "cuts" -> damages.addAll(Damage.cuts(whole, file));
                case "flips" -> damages.addAll(Damage.flips(whole, file, random));
                case "metas" -> damages.addAll(isFull(file) ? List.of() : Damage.metaFlips(file, random));
                case "files" -> damages.addAll(Damage.ofWholeFiles(whole, file, random));
                default -> throw new IllegalArgumentException(name);
            }
        }
        if (name.equals("files")) {
            for (int i = 0; i < oldIndexes.size(); i++) {
                damages.add(Damage.replaced(Damage.INDEX, "of commit " + i, oldIndexes.get(i)));
            }
            damages.add(Damage.swapped(Damage.volume(1), Damage.volume(2)));
            damages.add(Damage.swapped(Damage.volume(2), Damage.volume(3)));
            damages.add(Damage.swapped(Damage.INDEX, Damage.volume(1)));
        }
        return damages;
    }

    /** Whether a file is one of the volumes that are not written to any more. */
    private static boolean isFull(String file) {
        return file.equals(Damage.volume(1)) || file.equals(Damage.volume(2));
    }

    private void use(Damage damage, boolean some, boolean rebuild) throws IOException {
        samples++;
        try {
            inflict(damage);
            useAsItIs(some ? replica.ids().stream().limit(SOME).toList() : replica.ids());
            if (rebuild) {
                inflict(damage);
                rebuild();
            }
        } catch (AssertionError e) {
            throw new AssertionError(damage.name(), e);
        }
    }

    private void inflict(Damage damage) throws IOException {
        SmallReplica.delete(copy);
        SmallReplica.copy(whole, copy);
        damage.deed().to(copy);
    }

    /** Right bytes or a clear refusal: before an attempt to write, after it, and the next time. */
    private void useAsItIs(Collection<ObjectId> ids) {
        Set<ObjectId> right = new HashSet<>();
        boolean written = false;
        try (LmdbObjectStore store = LmdbObjectStore.open(copy, SmallReplica.OPTIONS)) {
            SmallReplica.Reading before = replica.read(store, ids);
            before.refused().forEach(DamageProbe::requireClear);
            replica.readRest(store).forEach(DamageProbe::requireClear);
            right.addAll(before.right());
            written = isWritten(store);
            assertThat(replica.read(store, ids).right()).as("after a commit").containsAll(right);
        } catch (StoreException e) {
            requireClear(e);
        }
        if (written) {
            try (LmdbObjectStore store = LmdbObjectStore.open(copy, SmallReplica.OPTIONS)) {
                assertThat(replica.read(store, ids).right()).as("the next time").containsAll(right);
            }
        }
    }

    private boolean isWritten(LmdbObjectStore store) {
        try {
            store.commit(List.of(replica.make().run(100)));
            return true;
        } catch (StoreException e) {
            requireClear(e);
            return false;
        }
    }

    static void requireClear(StoreException e) {
        assertThat(e).isNotInstanceOf(dev.cairn.cas.StoreBusyException.class);
        assertThat(e.getMessage()).containsAnyOf("index", ".mdb", "/copy");
        assertThat(e.hint()).isNotEmpty();
    }

    private void rebuild() throws IOException {
        List<byte[]> files = volumes(copy);
        Set<ObjectId> expected = closed(files);
        RebuildReport report;
        try {
            report = LmdbObjectStore.rebuildIndex(copy, SmallReplica.OPTIONS);
        } catch (StoreException e) {
            throw new AssertionError("rebuild", e);
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(copy, SmallReplica.OPTIONS)) {
            SmallReplica.Reading reading = replica.read(store);
            assertThat(reading.refused()).as("after a rebuild").isEmpty();
            assertThat(reading.right()).as("what is whole").containsAll(expected);
            assertThat(replica.readRest(store)).isEmpty();
            requireClosed(store);
            assertThat(store.stats().records()).isEqualTo(report.records());
            if (reading.right().size() < replica.ids().size()) {
                assertThat(report.losses()).isNotEmpty();
            } else if (journalsAreWhole(files)) {
                replica.requireWhole(store);
            }
            store.commit(List.of(replica.make().run(100)));
        }
    }

    private static List<byte[]> volumes(Path folder) throws IOException {
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder.resolve("volumes"))) {
            for (Path file :
                    all.filter(path -> path.toString().endsWith(".mdb")).toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        return files;
    }

    /** The ids of which a record is whole, its container's head too, and everything it builds on is likewise. */
    private Set<ObjectId> closed(List<byte[]> files) {
        Set<ObjectId> closed = new HashSet<>();
        for (SealedRecord record : replica.records()) {
            if (isWhole(record, files)
                    && closed.containsAll(record.header().bases())
                    && record.header().provided().stream().allMatch(object -> childrenIn(closed, object, record))) {
                record.header().provided().forEach(object -> closed.add(object.id()));
            }
        }
        return closed;
    }

    private static boolean childrenIn(Set<ObjectId> closed, ProvidedObject object, SealedRecord record) {
        List<ObjectId> own =
                record.header().provided().stream().map(ProvidedObject::id).toList();
        return closed.containsAll(object.chunkChildren())
                && object.nodeChildren().stream().allMatch(id -> closed.contains(id) || own.contains(id));
    }

    private boolean isWhole(SealedRecord record, List<byte[]> files) {
        Place place = places.computeIfAbsent(record, this::placeOf);
        return place.isIn(files);
    }

    private Place placeOf(SealedRecord record) {
        for (byte[] volume : volumesOfWhole) {
            int at = VolumeBytes.find(volume, record.bytes());
            if (at >= 0) {
                int head = VolumeBytes.containerBefore(volume, at);
                int bodyAt = head + VolumeBytes.container(volume, head).bodyAt();
                return new Place(volume, head, bodyAt, at, at + record.bytes().length);
            }
        }
        throw new AssertionError("no volume has the record");
    }

    private boolean journalsAreWhole(List<byte[]> files) {
        for (byte[] volume : volumesOfWhole) {
            for (int head : VolumeBytes.containers(volume)) {
                Container container = VolumeBytes.container(volume, head);
                int bodyAt = head + container.bodyAt();
                Place place = new Place(volume, head, bodyAt, bodyAt, bodyAt + (int) container.bodyBytes());
                if (container.kind() == Container.Kind.JOURNAL && !place.isIn(files)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void requireClosed(LmdbObjectStore store) {
        store.forEachRecord(java.util.EnumSet.allOf(RecordKind.class), new dev.cairn.cas.RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                assertThat(store.missing(record.header().bases())).isEmpty();
                record.header().provided().forEach(object -> {
                    assertThat(store.missing(object.nodeChildren())).isEmpty();
                    assertThat(store.missing(object.chunkChildren())).isEmpty();
                });
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
    }
}
