package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.lmdb.wire.Journal;
import dev.cairn.cas.lmdb.wire.JournalMove;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a commit writes beside its records. */
final class JournalsTest {

    private final TestRecords make = new TestRecords(111);
    private final Journals journals = new Journals(SmallReplica.REPOSITORY);

    private List<Journal> encoded() {
        return journals.encode(7, List.of(1, 2)).stream()
                .map(body -> Journals.parse(body, "a test"))
                .toList();
    }

    private void move(List<ObjectId> retained) {
        ObjectId target = make.id();
        journals.move(
                new BranchMove("main", null, target, List.of(), make.operation()),
                new BranchMove.Outcome.Conflict(null),
                retained);
    }

    @Test
    void encode_nothingToSay_isOneShortMessage() {
        assertThat(journals.isEmpty()).isTrue();
        assertThat(encoded()).singleElement().satisfies(journal -> {
            assertThat(journal.getNextSequence()).isEqualTo(7);
            assertThat(journal.getVolumesList()).containsExactly(1, 2);
            assertThat(journal.getMovesList()).isEmpty();
        });
    }

    @Test
    void encode_moreThanOneMessageHolds_isSplitAndLosesNothing() {
        List<ObjectId> retained = make.ids(40_000);
        List<ObjectId> expected = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            move(retained);
            expected.addAll(retained);
        }
        journals.configuration(new StoredConfiguration(1, new byte[StoredConfiguration.BYTES_MAX]));
        assertThat(journals.isEmpty()).isFalse();
        List<byte[]> bodies = journals.encode(7, List.of(1));
        assertThat(bodies).hasSizeGreaterThan(2).allMatch(body -> body.length <= Container.BYTES_MAX);
        List<Journal> parts = encoded();
        assertThat(parts.stream().mapToInt(Journal::getMovesCount).sum()).isEqualTo(6);
        assertThat(parts.stream()
                        .flatMap(part -> part.getMovesList().stream())
                        .map(JournalMove::getRetainedList)
                        .flatMap(List::stream)
                        .map(id -> Journals.id(id, "a test"))
                        .toList())
                .isEqualTo(expected);
        assertThat(parts.stream().filter(Journal::hasConfiguration)).hasSize(1);
    }

    @Test
    void parse_cutAnywhere_isDamageOrAShorterJournal() {
        move(make.ids(2));
        byte[] body = journals.encode(7, List.of(1)).getFirst();
        int refused = 0;
        for (int bytes = 0; bytes < body.length; bytes++) {
            byte[] cut = Arrays.copyOf(body, bytes);
            try {
                assertThat(Journals.parse(cut, "a test").getSerializedSize()).isLessThan(body.length);
            } catch (CorruptDataException e) {
                assertThat(e.where()).isEqualTo("a test");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(body.length / 2);
    }

    @Test
    void parse_idsAndNamesOfOtherLengths_areDamage() {
        for (int bytes : new int[] {0, 1, 31, 33, 1000}) {
            var id = com.google.protobuf.ByteString.copyFrom(new byte[bytes]);
            assertThatThrownBy(() -> Journals.id(id, "a test")).isInstanceOf(CorruptDataException.class);
            assertThatThrownBy(() -> Journals.operation(id, "a test")).isInstanceOf(CorruptDataException.class);
            if (bytes > 0) {
                assertThatThrownBy(() -> Journals.branch("main", id, 1, "a test"))
                        .isInstanceOf(CorruptDataException.class);
            }
        }
        var id = com.google.protobuf.ByteString.copyFrom(make.id().bytes());
        assertThatThrownBy(() -> Journals.branch("a//b", id, 1, "a test")).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> Journals.branch("x".repeat(256), id, 1, "a test"))
                .isInstanceOf(CorruptDataException.class);
    }

    /** Two bytes each, and each an object of some hundred: 4 MiB of them would fill the heap. */
    @Test
    void parse_emptyMessagesAndUnknownFields_areRefusedBeforeTheyTakeMemory() {
        byte[] moves = new byte[4 << 20];
        byte[] branches = new byte[(4 << 20) + 5];
        byte[] unknown = new byte[3 << 20];
        for (int i = 0; i < moves.length; i += 2) {
            moves[i] = 4 << 3 | 2;
        }
        java.nio.ByteBuffer.wrap(branches).put(new byte[] {6 << 3 | 2, (byte) 0x80, (byte) 0x80, (byte) 0x80, 2});
        for (int i = 5; i < branches.length; i += 2) {
            branches[i] = 1 << 3 | 2;
        }
        for (int i = 0; i < unknown.length; i += 3) {
            unknown[i] = (byte) (0x80 | (((i / 3) << 3) & 0x78));
            unknown[i + 1] = (byte) (1 + (i / 48) % 127);
        }
        for (byte[] journal : List.of(moves, branches, unknown)) {
            long before = allocated();
            assertThatThrownBy(() -> Journals.parse(journal, "a test"))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("more fields than a journal");
            assertThat(allocated() - before).isLessThan(4 << 20);
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
