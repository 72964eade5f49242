package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.VersionMismatchException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers whose checksums are right and whose numbers are not: as hostile as a disk can be. */
final class ContainerTest {

    private static final int VERSION_AT = 8;
    private static final int KIND_AT = 10;
    private static final int FLAGS_AT = 11;
    private static final int VOLUME_AT = 12;
    private static final int KEY_AT = 16;
    private static final int SEQUENCE_AT = 56;
    private static final int COUNT_AT = 64;
    private static final int BODY_BYTES_AT = 68;
    private static final int FIRST_LENGTH_AT = Container.FIXED_BYTES;

    private final ByteBuffer value = container();

    private static ByteBuffer container() {
        byte[] bytes = new byte[100];
        Container.Body body = new Container.Body(bytes, Admission.Terms.VERIFIED, Sha256.of(bytes));
        ByteBuffer value = ByteBuffer.allocate(Container.valueBytes(2, 200));
        Container.write(value, Container.Kind.RECORDS, 1, 1, SmallReplica.REPOSITORY, 7, List.of(body, body));
        return value;
    }

    /** Sets the checksum of the head to what it must be for {@code count} entries. */
    private void seal(int count) {
        int at = Container.FIXED_BYTES + count * Container.ENTRY_BYTES;
        value.putInt(at, Checksum.crc32c(value, 0, at));
    }

    private void requireRefused(String message) {
        assertThatThrownBy(() -> Container.parseHead(value, "a place"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("a place")
                .hasMessageContaining(message);
        assertThatThrownBy(() -> Container.parse(value, "a place")).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void parse_wellFormed_isAsWritten() {
        seal(2);
        assertThat(Container.parseHead(value, "a place").entries()).hasSize(2);
        value.putInt(value.limit() - 4, Checksum.crc32c(value, 0, value.limit() - 4));
        assertThat(Container.parse(value, "a place").bodyBytes()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1_000_000_000, Container.ENTRIES_MAX + 1, 1000})
    void parse_countThatIsNotThere_isRefused(int count) {
        value.putInt(COUNT_AT, count);
        if (count == 0) {
            seal(0);
        }
        requireRefused("a count of records");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1_000_000_000, Container.BYTES_MAX + 1})
    void parse_lengthBeyondTheLimit_isRefused(int length) {
        value.putInt(FIRST_LENGTH_AT, length);
        seal(2);
        requireRefused("a length");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 199, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void parse_bodyBytesThatAreNotTheSum_areRefused(int bodyBytes) {
        value.putInt(BODY_BYTES_AT, bodyBytes);
        seal(2);
        requireRefused("bytes of records");
    }

    @Test
    void parse_lengthsThatAreTooMuchTogether_areRefused() {
        value.putInt(FIRST_LENGTH_AT, Container.BYTES_MAX);
        value.putInt(FIRST_LENGTH_AT + Container.ENTRY_BYTES, Container.BYTES_MAX);
        value.putInt(BODY_BYTES_AT, 2 * Container.BYTES_MAX);
        seal(2);
        requireRefused("bytes of records");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 56, (1L << 56) - 2})
    void parse_sequenceBeyondARowsRoom_isRefused(long sequence) {
        value.putLong(SEQUENCE_AT, sequence);
        seal(2);
        requireRefused("the number of a volume, a container and a record");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void parse_keyThatNoContainerHas_isRefused(long key) {
        value.putLong(KEY_AT, key);
        seal(2);
        requireRefused("the number of a volume, a container and a record");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void parse_numberThatNoVolumeHas_isRefused(int volume) {
        value.putInt(VOLUME_AT, volume);
        seal(2);
        requireRefused("the number of a volume, a container and a record");
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 3, -1})
    void parse_unknownKind_isRefused(byte kind) {
        value.put(KIND_AT, kind);
        seal(2);
        requireRefused("a known kind");
    }

    @Test
    void parse_laterVersionOrUnknownFlags_isAVersionMismatch() {
        value.putShort(VERSION_AT, (short) 2);
        seal(2);
        assertThatThrownBy(() -> Container.parseHead(value, "a place")).isInstanceOf(VersionMismatchException.class);
        value.putShort(VERSION_AT, (short) 1).put(FLAGS_AT, (byte) 2);
        seal(2);
        assertThatThrownBy(() -> Container.parseHead(value, "a place")).isInstanceOf(VersionMismatchException.class);
    }

    @Test
    void write_recordsThatDoNotFollowOneAnother_bringTheirNumbers() {
        byte[] bytes = new byte[100];
        Admission.Terms terms = new Admission.Terms(Admission.Repeats.KEPT, 5);
        Container.Body body = new Container.Body(bytes, terms, Sha256.of(bytes));
        ByteBuffer numbered = ByteBuffer.allocate(Container.valueBytes(3, 300, true));
        long[] sequences = {7, 9, 1L << 50};
        Container written = Container.write(
                numbered, Container.Kind.RECORDS, 1, 1, SmallReplica.REPOSITORY, sequences, List.of(body, body, body));
        Container parsed = Container.parse(numbered, "a place");
        assertThat(parsed.bodyAt()).isEqualTo(written.bodyAt());
        assertThat(parsed.entries()).extracting(Container.Entry::sequence).containsExactly(7L, 9L, 1L << 50);
        assertThat(parsed.entries()).extracting(Container.Entry::digest).containsOnly(body.digest());
        assertThat(parsed.entries()).extracting(Container.Entry::terms).containsOnly(terms);
    }

    @Test
    void parse_cutAtEveryByteOfItsHead_isRefused() {
        int headBytes = Container.FIXED_BYTES + 2 * Container.ENTRY_BYTES + Container.CRC_BYTES;
        for (int bytes = 0; bytes < headBytes; bytes++) {
            ByteBuffer cut = value.slice(0, bytes);
            assertThatThrownBy(() -> Container.parseHead(cut, "a place"))
                    .as("%d bytes", bytes)
                    .isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void parse_valueOfAnotherLength_isRefused() {
        ByteBuffer longer =
                ByteBuffer.allocate(value.limit() + 4096).put(value.duplicate().position(0));
        longer.clear();
        longer.putInt(longer.limit() - 4, Checksum.crc32c(longer, 0, longer.limit() - 4));
        assertThat(Container.parseHead(longer, "a place").entries()).hasSize(2);
        assertThatThrownBy(() -> Container.parse(longer, "a place"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("length");
    }
}
