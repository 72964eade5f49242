package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.Branch;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LostSnapshots;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Verifies a repository, or one snapshot of it.
 *
 * <p>The whole repository is read, each record once: first the deltas and what they build on ({@link DeltaPass}), then the others in
 * disk order: digest, seal, the id of every object in it, and that every child of a page and every base is in the index. So closure holds for all there is, without a walk through any tree.
 * Without contents only pages and snapshots are read, and beside them what is noted as damaged. Where something is damaged, the
 * paths of the snapshots that it touches are looked up afterwards.
 *
 * <p>Records are opened on several threads; what is found is told in disk order, on the caller's thread, whatever the threads
 * did. Serves one verification; not for use by several threads. Memory: a page of index rows, {@link DeltaPass}'s
 * bits and opened records, {@link RecordChecks}' share of records, and the ids that damage touches.
 */
public final class Verification {

    /** The most damage that a result lists; all of it is counted and told to the progress. */
    public static final int DAMAGE_MAX = 1_000;

    /** The most damaged records whose ids are looked up. */
    private static final int DAMAGED_RECORDS_MAX = 10_000;

    /** The most missing objects whose paths are looked up. */
    private static final int MISSING_MAX = 100_000;

    private final Repository repository;
    private final ObjectStore store;
    private final VerificationTally tally;
    private final Cancellation cancellation;

    /** What pages refer to and the store does not have. */
    private final Set<ObjectId> missing = new HashSet<>();

    private final List<RecordFinding> findings = new ArrayList<>();
    private final Map<ObjectId, ObjectType> lost = new HashMap<>();
    private final Set<Long> noted = new HashSet<>();
    private boolean isMoreDamaged;

    private final int threads;

    /** Verifies {@code repository}, once. */
    public Verification(Repository repository, VerificationProgress progress, Cancellation cancellation) {
        this(repository, progress, cancellation, Workers.threadsOfMachine());
    }

    Verification(Repository repository, VerificationProgress progress, Cancellation cancellation, int threads) {
        this.threads = threads;
        this.repository = repository;
        this.store = repository.store();
        this.tally = new VerificationTally(progress);
        this.cancellation = cancellation;
    }

    /**
     * Verifies everything.
     *
     * @param data whether contents are read too, every byte of them
     * @return what was found; damage is no exception
     * @throws dev.cairn.cas.StoreException if the index cannot be read
     * @throws java.util.concurrent.CancellationException if it was told to stop
     */
    public VerificationResult repository(boolean data) {
        Set<RecordKind> kinds = data
                ? EnumSet.allOf(RecordKind.class)
                : EnumSet.of(RecordKind.PAGE, RecordKind.PAGE_DELTA, RecordKind.SNAPSHOT);
        Set<Long> damagedRecords = new HashSet<>();
        store.noted().forEach(note -> noted.add(note.sequence()));
        Consumer<Examination.Found> listener = found -> {
            if (!isSound(found)) {
                remember(found.sequence(), damagedRecords);
            }
        };
        Examination examination = new Examination(repository, this::absent, this::collected);
        try (Workers workers = new Workers("cairn-verify", threads)) {
            DeltaPass deltas = new DeltaPass(repository, examination, listener, workers, cancellation, noted);
            deltas.run(kinds);
            RecordChecks checks = new RecordChecks(examination, listener, workers, cancellation);
            Set<Long> unread = new HashSet<>(noted);
            RecordVisitor visitor = new RecordVisitor() {
                @Override
                public boolean isWanted(long sequence) {
                    return !deltas.isSound(sequence);
                }

                @Override
                public void record(long sequence, SealedRecord record) {
                    cancellation.check();
                    unread.remove(sequence);
                    checks.add(sequence, record);
                }

                @Override
                public void damaged(long sequence, CorruptDataException damage) {
                    // In its place among the others.
                    checks.finish();
                    unread.remove(sequence);
                    tally.damage(damage);
                    remember(sequence, damagedRecords);
                    find(sequence, RecordFinding.State.ALTERED);
                }
            };
            store.forEachRecord(kinds, visitor);
            unread.stream().sorted().forEach(sequence -> read(sequence, visitor));
            checks.finish();
        }
        heads();
        leftOutByRepairs();
        lostObjects(damagedRecords);
        Set<ObjectId> affected = new HashSet<>(missing);
        affected.addAll(lost.keySet());
        if (!affected.isEmpty()) {
            findPaths(affected);
        }
        return tally.result();
    }

    /**
     * Says to which paths of which snapshots lost objects belong.
     *
     * @param objects as {@link #lost} gives them
     */
    public VerificationResult paths(Set<ObjectId> objects) {
        findPaths(objects);
        return tally.result();
    }

    private void findPaths(Set<ObjectId> objects) {
        for (RetainedSnapshot retained : store.snapshots()) {
            new SnapshotWalk(repository, tally, cancellation).findPaths(retained.snapshot(), objects);
        }
    }

    /**
     * What was found of records, as far as it is worth {@linkplain ObjectStore#note noting}: all that are damaged, at most
     * {@value #DAMAGED_RECORDS_MAX}, and those that are noted as damaged and are not. Empty before {@link #repository} has
     * run.
     */
    public List<RecordFinding> findings() {
        return List.copyOf(findings);
    }

    /** Whether more is damaged than {@link #findings} and {@link #lost} tell of: once that is mended, look again. */
    public boolean isMoreDamaged() {
        return isMoreDamaged;
    }

    /** The objects that no whole record provides, as far as {@link #repository} has found any. */
    public Map<ObjectId, ObjectType> lost() {
        return Map.copyOf(lost);
    }

    /**
     * Verifies one snapshot: its signature, its manifest, that all its chunks are there.
     *
     * @param data whether every byte of every file is read too
     */
    public VerificationResult snapshot(ObjectId id, boolean data) {
        new SnapshotWalk(repository, tally, cancellation).verify(id, data);
        return tally.result();
    }

    /** What is noted of a record is no finding: the disk may have been at fault for a while only. */
    private void read(long sequence, RecordVisitor visitor) {
        try {
            visitor.record(sequence, store.read(new RecordRef(sequence, 0)));
        } catch (CorruptDataException e) {
            visitor.damaged(sequence, e);
        }
    }

    private void find(long sequence, RecordFinding.State state) {
        if (findings.size() < DAMAGED_RECORDS_MAX) {
            findings.add(new RecordFinding(sequence, state));
        } else {
            isMoreDamaged = true;
        }
    }

    private void remember(long sequence, Set<Long> damagedRecords) {
        if (damagedRecords.size() < DAMAGED_RECORDS_MAX) {
            damagedRecords.add(sequence);
        } else {
            isMoreDamaged = true;
        }
    }

    private boolean isSound(Examination.Found found) {
        tally.read(found.bytes());
        CorruptDataException damage = found.damage();
        if (damage == null) {
            tally.sound(found.objects());
            if (noted.contains(found.sequence())) {
                find(found.sequence(), RecordFinding.State.OPENS);
            }
        } else {
            tally.damage(damage);
            if (!found.baseDamaged()) {
                find(found.sequence(), RecordFinding.State.UNUSABLE);
            }
        }
        for (ObjectId child : found.absent()) {
            tally.damage(new Damage(
                    "record " + found.sequence(), "refers to " + child + ", of which no record is known", null, null));
            if (missing.size() < MISSING_MAX) {
                missing.add(child);
            }
        }
        return damage == null;
    }

    /**
     * Those of {@code ids} that no record provides, whole or not. What only damaged ones provide is lost, and not missing: they are read, or
     * were found before and are read again.
     */
    private List<ObjectId> absent(List<ObjectId> ids) {
        return store.missing(ids).stream()
                .filter(id -> store.providers(id).isEmpty())
                .toList();
    }

    /** Those of {@code ids} that are not there, and not because damage is noted of all that provide them. */
    private List<ObjectId> collected(List<ObjectId> ids) {
        return store.missing(ids).stream()
                .filter(id -> {
                    List<RecordRef> providers = store.providers(id);
                    return providers.isEmpty() || providers.stream().anyMatch(ref -> !noted.contains(ref.sequence()));
                })
                .toList();
    }

    /** What branches and the list of retained snapshots point at must be there. Each snapshot is looked at once. */
    private void heads() {
        Set<ObjectId> seen = new HashSet<>();
        for (Branch branch : store.branches()) {
            if (seen.add(branch.snapshot())) {
                head("branch " + branch.name(), branch.snapshot());
            }
        }
        for (RetainedSnapshot retained : store.snapshots()) {
            if (seen.add(retained.snapshot())) {
                head("the list of snapshots", retained.snapshot());
            }
        }
    }

    /** A repository whose snapshots are gone is not whole because nothing is left that could be damaged. */
    private void leftOutByRepairs() {
        for (LostSnapshots.Lost lost : LostSnapshots.of(store).missing(store)) {
            tally.damage(new Damage(
                    "left out by the repair of " + lost.repaired().truncatedTo(ChronoUnit.SECONDS),
                    "what it needs is in no volume",
                    lost.snapshot(),
                    null));
        }
    }

    private void head(String where, ObjectId snapshot) {
        try {
            absent(repository.snapshot(snapshot).roots())
                    .forEach(root -> tally.damage(
                            new Damage(where, "the manifest " + root + " is not in the index", snapshot, null)));
        } catch (CorruptDataException e) {
            tally.damage(new Damage(where, e.where() + ": " + e.reason(), snapshot, null));
        }
    }

    /** Finds the objects that only damaged records provide; checks every row of the index on the way. */
    private void lostObjects(Set<Long> damagedRecords) {
        store.forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
                if (!damagedRecords.isEmpty()
                        && providers.stream().allMatch(ref -> damagedRecords.contains(ref.sequence()))) {
                    lost.put(id, type);
                }
            }

            @Override
            public void damaged(CorruptDataException damage) {
                tally.damage(damage);
            }
        });
    }
}
