package dev.cairn.cas.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.UnspeltHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deltas of chunks and of pages: what is sealed opens again, or is said to be damaged; never another byte. */
final class DeltaSealTest {

    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));

    private final Sealer sealer = new Sealer(KEYS, Compression.DEFAULT);
    private final Map<ObjectId, PlainObject> stored = new HashMap<>();
    private final Map<ObjectId, SealedRecord> deltas = new HashMap<>();
    private final List<ObjectId> read = new ArrayList<>();

    /** Says of an object whatever {@link #stored} has, or opens the delta that provides it. */
    private final ObjectSource objects = new ObjectSource() {
        @Override
        public PlainObject read(ObjectId id, ObjectType type) {
            read.add(id);
            SealedRecord delta = deltas.get(id);
            if (delta != null) {
                return sealer.open(delta, "a delta", this).object(id);
            }
            PlainObject object = stored.get(id);
            if (object == null) {
                throw new CorruptDataException("object " + id, "a record that provides it", "none");
            }
            return object;
        }
    };

    private final ChildSource known = page -> {
        PlainObject object = stored.get(page);
        if (object == null) {
            throw new MissingObjectsException(List.of(page));
        }
        return ChildSource.of(new ProvidedObject(page, object.nodeChildren(), object.chunkChildren()));
    };

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 25);
    }

    private static byte[] noise(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private ObjectId store(PlainObject object) {
        ObjectId id = sealer.hasher().id(object);
        stored.put(id, object);
        return id;
    }

    private record Origin(ObjectId id, ObjectSource.Bytes bytes) {}

    private static Bases bases(List<Origin> origins) {
        Bases bases = new Bases();
        origins.forEach(
                origin -> assertThat(bases.add(origin.id(), origin.bytes())).isTrue());
        return bases;
    }

    private Origin base(byte[] body) {
        return new Origin(store(PlainObject.chunk(body)), new ObjectSource.Bytes(body, 0, body.length));
    }

    private List<ObjectId> ids(List<PlainObject> objects) {
        return objects.stream().map(sealer.hasher()::id).toList();
    }

    /** Other bytes with much of these in them: some stretches replaced, cut out, or put in. */
    private static byte[] edited(SplittableRandom random, byte[] from, int edits) {
        byte[] now = from;
        for (int i = 0; i < edits; i++) {
            int at = random.nextInt(now.length + 1);
            int cut = Math.min(now.length - at, random.nextInt(300));
            byte[] put = noise(random, random.nextInt(300));
            byte[] next = new byte[now.length - cut + put.length];
            System.arraycopy(now, 0, next, 0, at);
            System.arraycopy(put, 0, next, at, put.length);
            System.arraycopy(now, at + cut, next, at + put.length, now.length - at - cut);
            now = next;
        }
        return now;
    }

    private SealedRecord sealed(List<PlainObject> chunks, List<Origin> bases) {
        return sealer.sealDelta(ids(chunks), chunks, bases(bases), List.of(), ChildSource.NONE)
                .orElseThrow(() -> new AssertionError("it was not worth it"))
                .record();
    }

    private OpenedRecord open(SealedRecord record) {
        return sealer.open(SealedRecord.parse(record.bytes(), "here", known), "here", objects);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void open_sealedDelta_givesEveryChunk(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<Origin> bases = new ArrayList<>();
        List<PlainObject> chunks = new ArrayList<>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            byte[] old = noise(random, 2_000 + random.nextInt(100_000));
            bases.add(base(old));
            chunks.add(PlainObject.chunk(edited(random, old, random.nextInt(4))));
        }
        SealedRecord record = sealed(chunks, bases);
        assertThat(record.header().kind()).isEqualTo(RecordKind.DELTA);
        OpenedRecord opened = open(record);
        opened.verify();
        for (int i = 0; i < chunks.size(); i++) {
            assertThat(opened.object(i).body()).isEqualTo(chunks.get(i).body());
        }
        SealedRecord part = sealer.resealPart(record, ids(chunks).subList(0, 1), "here", objects);
        assertThat(part.header().kind()).isEqualTo(RecordKind.RUN);
        assertThat(sealer.open(part, "there").object(0).body())
                .isEqualTo(chunks.getFirst().body());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void open_basesThatAreNotRight_isDamageOrTheRightBytes(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<Origin> bases = new ArrayList<>();
        List<PlainObject> chunks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[] old = noise(random, 5_000 + random.nextInt(20_000));
            bases.add(base(old));
            chunks.add(PlainObject.chunk(edited(random, old, 2)));
        }
        SealedRecord record = sealed(chunks, bases);
        assertThat(record.header().bases()).hasSize(3);
        for (int i = 0; i < 3; i++) {
            ObjectId id = bases.get(i).id();
            byte[] body = bases.get(i).bytes().array();
            byte[] changed = body.clone();
            changed[random.nextInt(changed.length)] ^= 1;
            List<byte[]> wrong = List.of(
                    changed,
                    new byte[0],
                    Arrays.copyOf(body, body.length - 1),
                    Arrays.copyOf(body, body.length + 1),
                    noise(random, body.length),
                    bases.get((i + 1) % 3).bytes().array(),
                    noise(random, 13 << 20));
            for (byte[] other : wrong) {
                stored.put(id, PlainObject.chunk(other));
                assertRightOrDamaged(record, chunks);
            }
            stored.remove(id);
            assertThatThrownBy(() -> open(record)).isInstanceOf(CorruptDataException.class);
            stored.put(id, PlainObject.chunk(body));
        }
        open(record).verify();
    }

    private void assertRightOrDamaged(SealedRecord record, List<PlainObject> chunks) {
        try {
            OpenedRecord opened = open(record);
            for (int i = 0; i < chunks.size(); i++) {
                int ordinal = i;
                try {
                    assertThat(opened.object(ordinal).body())
                            .isEqualTo(chunks.get(ordinal).body());
                } catch (CorruptDataException e) {
                    assertThat(e).hasMessageContaining("here");
                }
            }
        } catch (CorruptDataException e) {
            assertThat(e.where()).isNotEmpty();
        }
    }

    @Test
    void open_deltaOfDeltasOfDeltas_givesTheRightBytes() {
        SplittableRandom random = new SplittableRandom(4);
        byte[] now = noise(random, 40_000);
        ObjectId before = base(now).id();
        for (int depth = 1; depth <= 8; depth++) {
            byte[] old = now;
            now = edited(random, old, 3);
            List<PlainObject> chunk = List.of(PlainObject.chunk(now));
            Origin base = new Origin(before, new ObjectSource.Bytes(old, 0, old.length));
            SealedRecord record = sealed(chunk, List.of(base));
            assertThat(open(record).object(0).body()).isEqualTo(now);
            before = ids(chunk).getFirst();
            deltas.put(before, record);
        }
    }

    @Test
    void sealDelta_baseOfWhichNothingIsUsed_isLeftOut() {
        SplittableRandom random = new SplittableRandom(5);
        byte[] old = noise(random, 30_000);
        Origin used = base(old);
        List<PlainObject> chunk = List.of(PlainObject.chunk(edited(random, old, 1)));
        SealedRecord record = sealed(chunk, List.of(base(noise(random, 9_000)), used, base(noise(random, 9_000))));
        assertThat(record.header().bases()).containsExactly(used.id());
        read.clear();
        assertThat(open(record).object(0).body()).isEqualTo(chunk.getFirst().body());
        assertThat(read).containsExactly(used.id());
    }

    @Test
    void sealDelta_nothingInCommonOrHardlySmallerThanARun_isNotWorthIt() {
        SplittableRandom random = new SplittableRandom(6);
        byte[] old = noise(random, 30_000);
        List<PlainObject> other = List.of(PlainObject.chunk(noise(random, 30_000)));
        assertThat(sealer.sealDelta(ids(other), other, bases(List.of(base(old))), List.of(), ChildSource.NONE))
                .isEmpty();
        byte[] mostlyNew = Arrays.copyOf(old, 30_000);
        System.arraycopy(noise(random, 25_000), 0, mostlyNew, 5_000, 25_000);
        List<PlainObject> little = List.of(PlainObject.chunk(mostlyNew));
        assertThat(sealer.sealDelta(ids(little), little, bases(List.of(base(old))), List.of(), ChildSource.NONE))
                .isEmpty();
        // What a run takes next to nothing for is not worth a delta either.
        List<PlainObject> zeros = List.of(PlainObject.chunk(new byte[30_000]));
        assertThat(sealer.sealDelta(
                        ids(zeros), zeros, bases(List.of(base(new byte[30_000]))), List.of(), ChildSource.NONE))
                .isEmpty();
    }

    @Test
    void sealDelta_moreThanADeltaHolds_isNotWorthIt() {
        SplittableRandom random = new SplittableRandom(7);
        byte[] large = noise(random, Deltas.CHUNK_BYTES_MAX + 1);
        byte[] old = Arrays.copyOf(large, Deltas.CHUNK_BYTES_MAX);
        List<PlainObject> chunk = List.of(PlainObject.chunk(large));
        assertThat(sealer.sealDelta(ids(chunk), chunk, bases(List.of(base(old))), List.of(), ChildSource.NONE))
                .isEmpty();
    }

    @Test
    void sealDelta_basesThatAPageLists_areNamedByIt() {
        SplittableRandom random = new SplittableRandom(8);
        List<Origin> bases = new ArrayList<>();
        List<PlainObject> chunks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] old = noise(random, 4_000);
            bases.add(base(old));
            chunks.add(PlainObject.chunk(edited(random, old, 1)));
        }
        List<ObjectId> baseIds = bases.stream().map(Origin::id).toList();
        ObjectId page = store(new PlainObject(ObjectType.NODE, List.of(), baseIds, new byte[] {1}));
        ObjectId ofTwo = store(new PlainObject(ObjectType.NODE, List.of(), baseIds.subList(0, 2), new byte[] {2}));
        SealedRecord record = sealer.sealDelta(ids(chunks), chunks, bases(bases), List.of(ofTwo, page), known)
                .orElseThrow()
                .record();
        assertThat(record.header().pages()).containsExactly(page);
        assertThat(record.header().idsReferred()).isEqualTo(20);
        OpenedRecord opened = open(record);
        assertThat(opened.header().bases()).isEqualTo(baseIds);
        for (int i = 0; i < chunks.size(); i++) {
            assertThat(opened.object(i).body()).isEqualTo(chunks.get(i).body());
        }
        // Whoever thinks that the page has other children reads other bases: damage, not other bytes.
        List<ObjectId> turned = baseIds.reversed();
        SealedRecord misread = SealedRecord.parse(record.bytes(), "here", id -> turned);
        assertThatThrownBy(() -> sealer.open(misread, "here", objects).verify())
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> SealedRecord.parse(record.bytes(), "here", id -> baseIds.subList(0, 19)))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> SealedRecord.parse(record.bytes(), "here", ChildSource.NONE))
                .isInstanceOf(MissingObjectsException.class);
    }

    private static PlainObject page(List<ObjectId> nodes, List<ObjectId> chunks, byte[] body) {
        return new PlainObject(ObjectType.NODE, nodes, chunks, body);
    }

    private static List<ObjectId> someIds(SplittableRandom random, int count) {
        List<ObjectId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
        }
        return ids;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void open_sealedPageDelta_givesChildrenAndBody(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<ObjectId> nodes = someIds(random, random.nextInt(30));
        List<ObjectId> chunks = someIds(random, 100 + random.nextInt(300));
        byte[] body = noise(random, 1_000 + random.nextInt(8_000));
        PlainObject old = page(nodes, chunks, body);
        ObjectId oldId = store(old);
        List<ObjectId> nodesNow = new ArrayList<>(nodes);
        List<ObjectId> chunksNow = new ArrayList<>(chunks);
        for (int i = random.nextInt(5); i >= 0; i--) {
            chunksNow.remove(random.nextInt(chunksNow.size()));
            chunksNow.addAll(random.nextInt(chunksNow.size()), someIds(random, 1));
            nodesNow.addAll(random.nextInt(nodesNow.size() + 1), someIds(random, 1));
        }
        PlainObject now = page(List.copyOf(nodesNow), List.copyOf(chunksNow), edited(random, body, 2));
        ObjectId id = sealer.hasher().id(now);
        SealedRecord record =
                sealer.sealPageDelta(id, now, oldId, old, known).orElseThrow(() -> new AssertionError("not worth it"));
        assertThat(record.header().kind()).isEqualTo(RecordKind.PAGE_DELTA);
        assertThat(record.header().bases()).containsExactly(oldId);
        assertThat(record.bytes().length).isLessThan(16 * chunksNow.size() + body.length);
        PlainObject opened = open(record).object(0);
        assertThat(opened.nodeChildren()).isEqualTo(now.nodeChildren());
        assertThat(opened.chunkChildren()).isEqualTo(now.chunkChildren());
        assertThat(opened.body()).isEqualTo(now.body());
        SealedRecord whole = sealer.resealPart(record, List.of(id), "here", objects);
        assertThat(whole.header().kind()).isEqualTo(RecordKind.PAGE);
        assertThat(sealer.open(whole, "there").object(0).chunkChildren()).isEqualTo(now.chunkChildren());
        // Other children under the old id: the new page is not what its id names.
        List<ObjectId> other = someIds(random, nodes.size() + chunks.size());
        SealedRecord misread = SealedRecord.parse(record.bytes(), "here", page -> other);
        assertThatThrownBy(() -> sealer.open(misread, "here", objects).object(0))
                .isInstanceOf(CorruptDataException.class);
    }

    @Test
    void sealPageDelta_pageWithNothingInCommon_isNotWorthIt() {
        SplittableRandom random = new SplittableRandom(9);
        PlainObject old = page(List.of(), someIds(random, 100), noise(random, 1_000));
        ObjectId oldId = store(old);
        PlainObject now = page(List.of(), someIds(random, 100), noise(random, 1_000));
        assertThat(sealer.sealPageDelta(sealer.hasher().id(now), now, oldId, old, known))
                .isEmpty();
    }

    @Test
    void open_anyBitOfADeltaFlipped_isAnErrorOfTheStore() {
        SplittableRandom random = new SplittableRandom(10);
        byte[] old = noise(random, 3_000);
        Origin base = base(old);
        List<PlainObject> chunk = List.of(PlainObject.chunk(edited(random, old, 1)));
        byte[] bytes = sealed(chunk, List.of(base)).bytes();
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] changed = bytes.clone();
            changed[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertThatThrownBy(() -> sealer.open(SealedRecord.parse(changed, "here", known), "here", objects))
                    .as("bit %d", bit)
                    .isInstanceOf(StoreException.class);
        }
    }

    /** A holder of the key who seals a gap delta as a run, or a run's payload as a delta. */
    @Test
    void open_codecThatDoesNotBelongToTheKind_isDamage() {
        byte[] plain = "\u0004body".getBytes(UTF_8);
        ObjectId id = sealer.hasher().id(chunk("body"));
        ObjectId base = base("something".getBytes(UTF_8)).id();
        RecordHeader run = RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(id));
        RecordHeader delta = RecordHeader.delta(
                RecordHeader.SUITE_XAES_256_GCM, 1, List.of(id), List.of(base), List.of(), ChildSource.NONE);
        assertThatThrownBy(() -> open(byHand(run, Codec.GAP, plain, 5))).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> open(byHand(delta, Codec.RAW, plain, 5))).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> open(byHand(delta, Codec.GAP, plain, 5))).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> open(byHand(delta, Codec.GAP, plain, RecordHeader.RECORD_BYTES_MAX)))
                .isInstanceOf(CorruptDataException.class);
        assertThat(open(byHand(run, Codec.RAW, plain, 5)).object(0).body()).isEqualTo("body".getBytes(UTF_8));
    }

    @Test
    void open_deltaAndNothingToReadBasesFrom_isRefused() {
        SplittableRandom random = new SplittableRandom(11);
        byte[] old = noise(random, 3_000);
        SealedRecord record = sealed(List.of(PlainObject.chunk(edited(random, old, 1))), List.of(base(old)));
        assertThatThrownBy(() -> sealer.open(record, "here")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void authenticate_headersOfOthers_areToldFromOurs() {
        SplittableRandom random = new SplittableRandom(12);
        byte[] old = noise(random, 3_000);
        byte[] bytes = sealed(List.of(PlainObject.chunk(edited(random, old, 1))), List.of(base(old)))
                .bytes();
        sealer.authenticate(bytes, UnspeltHeader.read(ByteBuffer.wrap(bytes), "here"));
        byte[] changed = bytes.clone();
        changed[20] ^= 1;
        assertThatThrownBy(() -> sealer.authenticate(changed, UnspeltHeader.read(ByteBuffer.wrap(changed), "here")))
                .isInstanceOf(CorruptDataException.class);
    }

    private static PlainObject chunk(String text) {
        return PlainObject.chunk(text.getBytes(UTF_8));
    }

    private static SealedRecord byHand(RecordHeader header, Codec codec, byte[] payload, int plainBytes) {
        byte[] head = header.encode();
        int unpadded = head.length + Xaes256Gcm.NONCE_BYTES + 9 + payload.length + Xaes256Gcm.TAG_BYTES;
        byte[] record = new byte[Padding.padded(unpadded)];
        byte[] nonce = new byte[Xaes256Gcm.NONCE_BYTES];
        new SplittableRandom(Arrays.hashCode(payload) + codec.code() + 31L * plainBytes).nextBytes(nonce);
        ByteBuffer.wrap(record)
                .put(head)
                .put(nonce)
                .put((byte) codec.code())
                .putInt(plainBytes)
                .putInt(payload.length)
                .put(payload);
        int start = head.length + nonce.length;
        new Xaes256Gcm(KEYS.sealKey(1, "a test"))
                .seal(
                        nonce,
                        0,
                        record,
                        start,
                        record.length - start - Xaes256Gcm.TAG_BYTES,
                        Xaes256Gcm.Part.of(KEYS.repositoryId().bytes()),
                        Xaes256Gcm.Part.of(head));
        return new SealedRecord(header, head.length, record);
    }
}
