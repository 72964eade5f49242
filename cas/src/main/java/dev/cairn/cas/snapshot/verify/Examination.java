package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.OpenedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What is checked of one record whose bytes have the digest that was stored. May be used from any thread. */
final class Examination {

    private final Repository repository;
    private final UnaryOperator<List<ObjectId>> lacking;
    private final UnaryOperator<List<ObjectId>> collected;

    /**
     * What was found of a record.
     *
     * @param bytes of it, sealed
     * @param objects how many it provides
     * @param damage why it does not open, or is not what its ids name; null if it does and is
     * @param baseDamaged whether that is the fault of what it builds on
     * @param absent what it refers to and the store does not have
     */
    record Found(
            long sequence,
            int bytes,
            int objects,
            @Nullable CorruptDataException damage,
            boolean baseDamaged,
            List<ObjectId> absent) {

        /** Whether there is nothing to tell of it. */
        boolean isSound() {
            return damage == null && absent.isEmpty();
        }
    }

    /** Opens a record. */
    @FunctionalInterface
    private interface Opening {
        OpenedRecord open(String where);
    }

    /**
     * One of the records of {@code repository}.
     *
     * @param lacking which of what a record refers to is not there
     * @param collected which of what a record provides is being collected, or was
     */
    Examination(Repository repository, UnaryOperator<List<ObjectId>> lacking, UnaryOperator<List<ObjectId>> collected) {
        this.repository = repository;
        this.lacking = lacking;
        this.collected = collected;
    }

    /** Opens a record and checks it. */
    Found of(long sequence, SealedRecord record) {
        return of(sequence, record, where -> repository.sealer().open(record, where, repository.objects()));
    }

    /** Checks a record that was opened. */
    Found ofOpened(long sequence, SealedRecord record, OpenedRecord opened) {
        return of(sequence, record, _ -> opened);
    }

    private Found of(long sequence, SealedRecord record, Opening opening) {
        int bytes = record.bytes().length;
        int objects = record.header().provided().size();
        List<ProvidedObject> there = stillThere(record);
        if (there.isEmpty()) {
            return new Found(sequence, bytes, objects, null, false, List.of());
        }
        String where = "record " + sequence;
        CorruptDataException damage = null;
        try {
            OpenedRecord opened = opening.open(where);
            opened.verify();
            if (record.header().kind() == RecordKind.SNAPSHOT) {
                repository.snapshotCodec().open(opened, where);
            }
        } catch (CorruptDataException e) {
            damage = e;
        }
        List<ObjectId> children = new ArrayList<>(record.header().bases());
        children.addAll(record.header().pages());
        for (ProvidedObject object : there) {
            children.addAll(object.nodeChildren());
            children.addAll(object.chunkChildren());
        }
        List<ObjectId> absent = children.isEmpty() ? List.of() : lacking.apply(children);
        boolean baseDamaged = damage != null && !basesAreWhole(record);
        return new Found(sequence, bytes, objects, damage, baseDamaged, absent);
    }

    private boolean basesAreWhole(SealedRecord record) {
        try {
            record.header()
                    .bases()
                    .forEach(base -> repository
                            .objects()
                            .read(base, record.header().kind().provides()));
            return true;
        } catch (CorruptDataException e) {
            return false;
        }
    }

    /** The objects of a record that are not being collected: what only the others refer to need not be there. */
    private List<ProvidedObject> stillThere(SealedRecord record) {
        List<ProvidedObject> provided = record.header().provided();
        if (record.header().kind() == RecordKind.RUN) {
            return provided;
        }
        Set<ObjectId> gone = Set.copyOf(
                collected.apply(provided.stream().map(ProvidedObject::id).toList()));
        return gone.isEmpty()
                ? provided
                : provided.stream()
                        .filter(object -> !gone.contains(object.id()))
                        .toList();
    }
}
