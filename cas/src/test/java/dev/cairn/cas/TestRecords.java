package dev.cairn.cas;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes records that look sealed, from a seed: ids and bodies are random, headers are real. */
public final class TestRecords {

    private final SplittableRandom random;

    public TestRecords(long seed) {
        System.out.println("seed=" + seed);
        random = new SplittableRandom(seed);
    }

    public ObjectId id() {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    public List<ObjectId> ids(int count) {
        List<ObjectId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(id());
        }
        return ids;
    }

    public OperationId operation() {
        return new OperationId(random.nextLong(), random.nextLong());
    }

    /** A run of these chunks with a body of {@code bodyBytes}. */
    public SealedRecord run(int bodyBytes, ObjectId... chunks) {
        return seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(chunks)), bodyBytes);
    }

    /** A run of another epoch than the others. */
    public SealedRecord runOf(int epoch, int bodyBytes, ObjectId... chunks) {
        return seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, epoch, List.of(chunks)), bodyBytes);
    }

    /** A run of one new chunk. */
    public SealedRecord run(int bodyBytes) {
        return run(bodyBytes, id());
    }

    public SealedRecord pages(ProvidedObject... pages) {
        return seal(RecordHeader.pages(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(pages)), 100);
    }

    public SealedRecord delta(List<ObjectId> bases, ObjectId... chunks) {
        List<ProvidedObject> provided =
                Arrays.stream(chunks).map(ProvidedObject::chunk).toList();
        return seal(new RecordHeader(RecordHeader.SUITE_XAES_256_GCM, RecordKind.DELTA, 1, provided, null, bases), 50);
    }

    /** A delta that names its bases by pages where it can. */
    public SealedRecord delta(ChildSource known, List<ObjectId> pages, List<ObjectId> bases, ObjectId... chunks) {
        return seal(
                RecordHeader.delta(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(chunks), bases, pages, known),
                50,
                known);
    }

    /** Pages as a delta of another one. */
    public SealedRecord pageDelta(ChildSource known, ObjectId base, ProvidedObject... pages) {
        return seal(
                RecordHeader.pageDelta(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(pages), List.of(base), known),
                50,
                known);
    }

    public SealedRecord snapshot(ObjectId id, long sequence, List<ObjectId> parents, ObjectId... roots) {
        return seal(
                RecordHeader.snapshot(
                        RecordHeader.SUITE_XAES_256_GCM,
                        1,
                        new ProvidedObject(id, List.of(roots), List.of()),
                        new RecordHeader.Lineage(sequence, parents)),
                200);
    }

    /** Records of one whole snapshot: a run, a page that names its chunk, and the snapshot, which has the id {@code id}. */
    public List<SealedRecord> tree(ObjectId id, long sequence, int chunkBytes) {
        SealedRecord run = run(chunkBytes);
        ProvidedObject page = new ProvidedObject(id(), List.of(), List.of(provided(run)));
        return List.of(run, pages(page), snapshot(id, sequence, List.of(), page.id()));
    }

    /** The first id that {@code record} provides. */
    public static ObjectId provided(SealedRecord record) {
        return record.header().provided().getFirst().id();
    }

    public byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private SealedRecord seal(RecordHeader header, int bodyBytes) {
        return seal(header, bodyBytes, ChildSource.NONE);
    }

    private SealedRecord seal(RecordHeader header, int bodyBytes, ChildSource known) {
        byte[] head = header.encode();
        byte[] bytes = Arrays.copyOf(head, head.length + bodyBytes);
        System.arraycopy(bytes(bodyBytes), 0, bytes, head.length, bodyBytes);
        return SealedRecord.parse(bytes, "a test", known);
    }
}
