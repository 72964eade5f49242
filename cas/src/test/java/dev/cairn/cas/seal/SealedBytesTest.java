package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records that hold the right key and lie inside: what a damaged or hostile holder of the key could have written. */
final class SealedBytesTest {

    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));
    private static final Sealer SEALER = new Sealer(KEYS, Compression.DEFAULT);
    private static final int CLEAR_BYTES = 12 + ObjectId.BYTES;

    /** Seals an inside as it stands, for one chunk or more of any ids. */
    private static SealedRecord seal(byte[] inside, int count) {
        List<ObjectId> ids = java.util.stream.LongStream.range(0, count)
                .mapToObj(i -> new ObjectId(i, 0, 0, 0))
                .toList();
        byte[] header =
                RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, ids).encode();
        byte[] record = new byte[header.length + Xaes256Gcm.NONCE_BYTES + inside.length + Xaes256Gcm.TAG_BYTES];
        byte[] nonce = Entropy.system().bytes(Xaes256Gcm.NONCE_BYTES);
        ByteBuffer.wrap(record).put(header).put(nonce).put(inside);
        new Xaes256Gcm(KEYS.sealKey(1, "test"))
                .seal(
                        nonce,
                        0,
                        record,
                        header.length + Xaes256Gcm.NONCE_BYTES,
                        inside.length,
                        Xaes256Gcm.Part.of(KEYS.repositoryId().bytes()),
                        Xaes256Gcm.Part.of(header));
        return SealedRecord.parse(record, "here");
    }

    /** An inside of the right size for one chunk. */
    private static byte[] inside(int codec, int plainBytes, int payloadBytes, byte[] payload) {
        int around = CLEAR_BYTES + Xaes256Gcm.NONCE_BYTES + Xaes256Gcm.TAG_BYTES;
        int padded = Padding.padded(around + 9 + payload.length) - around;
        return ByteBuffer.allocate(padded)
                .put((byte) codec)
                .putInt(plainBytes)
                .putInt(payloadBytes)
                .put(payload)
                .array();
    }

    private static void assertDamaged(byte[] inside, String expected) {
        assertThatThrownBy(() -> SEALER.open(seal(inside, 1), "here"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void open_wellFormedInside_opens() {
        assertThat(SEALER.open(seal(inside(0, 3, 3, new byte[] {2, 7, 8}), 1), "here")
                        .bytes())
                .isEqualTo(3);
    }

    @Test
    void open_rawLengthsDiffer_isDamage() {
        assertDamaged(inside(0, 4, 3, new byte[] {2, 7, 8}), "a payload of 4 bytes");
    }

    @Test
    void open_lengthsBeyondTheBounds_isDamage() {
        assertDamaged(inside(1, (8 << 20) + 1, 3, new byte[3]), "plain bytes");
        assertDamaged(inside(1, -1, 3, new byte[3]), "plain bytes");
        assertDamaged(inside(0, 3, Integer.MAX_VALUE, new byte[3]), "a payload of at most");
        assertDamaged(inside(0, 3, -1, new byte[3]), "a payload of at most");
    }

    @Test
    void open_unknownCodec_asksForANewerCairn() {
        assertThatThrownBy(() -> SEALER.open(seal(inside(77, 3, 3, new byte[3]), 1), "here"))
                .isInstanceOf(VersionMismatchException.class);
    }

    @Test
    void open_paddingNotZero_isDamage() {
        byte[] inside = inside(0, 100, 100, plain(99));
        assertThat(inside.length).isGreaterThan(109);
        inside[inside.length - 1] = 1;
        assertDamaged(inside, "padding of zeros");
    }

    @Test
    void open_paddingLongerThanCanonical_isDamage() {
        byte[] inside = inside(0, 100, 100, plain(99));
        assertDamaged(Arrays.copyOf(inside, inside.length + 64), "a record of");
    }

    @Test
    void open_zstdBomb_isDamageWithoutItsMemory() {
        byte[] bomb = Zstd.compress(new byte[64 << 20]);
        assertDamaged(inside(1, 1000, bomb.length, bomb), "does not decompress");
        byte[] shorter = Zstd.compress(new byte[500]);
        assertDamaged(inside(1, 1000, shorter.length, shorter), "1000 bytes");
    }

    @Test
    void open_twoZstdFramesOrRubbishAfterOne_isDamage() {
        byte[] frame = Zstd.compress(new byte[500]);
        byte[] twice = Arrays.copyOf(frame, frame.length * 2);
        System.arraycopy(frame, 0, twice, frame.length, frame.length);
        assertDamaged(inside(1, 1000, twice.length, twice), "one zstd frame");
        byte[] more = Arrays.copyOf(frame, frame.length + 3);
        assertDamaged(inside(1, 500, more.length, more), "one zstd frame");
    }

    @Test
    void open_rubbishUnderAnyCodec_isDamage() {
        byte[] rubbish = new byte[200];
        Arrays.fill(rubbish, (byte) 0xa5);
        assertThatThrownBy(() -> SEALER.open(seal(inside(1, 1000, 200, rubbish), 1), "here"))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> SEALER.open(seal(inside(2, 1000, 200, rubbish), 1), "here"))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> SEALER.open(seal(inside(2, 1000, 0, new byte[0]), 1), "here"))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> SEALER.open(seal(inside(1, 0, 0, new byte[0]), 1), "here"))
                .isInstanceOf(CorruptDataException.class);
    }

    @Test
    void open_bodyLengthsThatLie_isDamage() {
        assertDamaged(inside(0, 3, 3, new byte[] {1, 7, 8}), "a payload of 2 bytes");
        assertDamaged(inside(0, 3, 3, new byte[] {3, 7, 8}), "bodies within 3 bytes");
        assertDamaged(inside(0, 3, 3, new byte[] {(byte) 0x81, 0, 8}), "shortest form");
        assertDamaged(inside(0, 2, 2, new byte[] {(byte) 0x80, (byte) 0x80}), "no such number");
        byte[] endless = {-1, -1, -1, -1, -1, 0};
        assertDamaged(inside(0, 6, 6, endless), "no such number");
        assertDamaged(inside(0, 4, 4, new byte[] {-1, -1, -1, 0x7f}), "bodies within");
        assertDamaged(inside(0, 0, 0, new byte[0]), "no such number");
    }

    @Test
    void open_insideCutShort_isDamage() {
        for (int length = 0; length < 12; length++) {
            byte[] inside = Arrays.copyOf(inside(0, 3, 3, new byte[] {2, 7, 8}), length);
            assertThatThrownBy(() -> SEALER.open(seal(inside, 1), "here")).isInstanceOf(CorruptDataException.class);
        }
    }

    private static byte[] plain(int bodyBytes) {
        byte[] payload = new byte[1 + bodyBytes];
        payload[0] = (byte) bodyBytes;
        return payload;
    }
}
