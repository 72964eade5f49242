package dev.cairn.bench.data;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.repository.Repository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** What the deltas of a second version are made of: new bytes, and the old ones that a capture chose to build them on. */
public final class DeltaPairs {

    private static final long SEED = 20_26;

    /**
     * One delta.
     *
     * @param base its bases, one after the other
     * @param fresh the chunks that it provides, one after the other
     */
    public record Pair(byte[] base, byte[] fresh) {}

    private DeltaPairs() {}

    /**
     * Captures one folder and then the other, and takes of the deltas that the second capture made as many as have
     * {@code bytes} new bytes, from all over it.
     *
     * @throws IllegalStateException if it made none
     */
    public static List<Pair> of(Path older, Path newer, long bytes) throws IOException {
        try (Scratch scratch = Scratch.make();
                SampleRepository sample = SampleRepository.create(scratch.path("repository"))) {
            sample.capture(older);
            sample.capture(newer);
            Repository repository = sample.repository();
            List<RecordHeader> deltas = headers(repository);
            if (deltas.isEmpty()) {
                throw new IllegalStateException("no delta was made of " + newer);
            }
            List<Pair> pairs = new ArrayList<>();
            long left = bytes;
            for (RecordHeader delta : deltas) {
                if (left <= 0) {
                    break;
                }
                Pair pair = new Pair(
                        joined(repository.objects(), delta.bases()),
                        joined(
                                repository.objects(),
                                delta.provided().stream()
                                        .map(ProvidedObject::id)
                                        .toList()));
                pairs.add(pair);
                left -= pair.fresh.length;
            }
            return pairs;
        }
    }

    /** Of all deltas of chunks, in an order of no meaning. */
    private static List<RecordHeader> headers(Repository repository) {
        List<RecordHeader> deltas = new ArrayList<>();
        repository.store().forEachRecord(EnumSet.of(RecordKind.DELTA), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                deltas.add(record.header());
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
        Collections.shuffle(deltas, new Random(SEED));
        return deltas;
    }

    private static byte[] joined(ObjectSource objects, List<ObjectId> chunks) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ObjectId chunk : chunks) {
            all.writeBytes(objects.read(chunk, ObjectType.CHUNK).body());
        }
        return all.toByteArray();
    }
}
