package dev.cairn.cas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Notes as bytes from anywhere. */
final class NoteTest {

    private final TestRecords make = new TestRecords(3);
    private final TestNotes notes = new TestNotes(make);
    private final ObjectId snapshot = make.id();

    private List<Note> eachKind() {
        return List.of(
                notes.forget(snapshot, 5),
                notes.plain(NoteKind.PIN, snapshot, 6),
                notes.plain(NoteKind.UNPIN, snapshot, 7),
                notes.tag(NoteKind.TAG, snapshot, 8, make.id(), make.id()),
                notes.tag(NoteKind.UNTAG, snapshot, 9, make.id(), make.id()));
    }

    @Test
    void parse_ownBytes_isTheSame() {
        for (Note note : eachKind()) {
            Note again = Note.parse(note.bytes(), "a test");
            assertThat(again).isEqualTo(note);
            assertThat(again.key()).isEqualTo(note.key()).hasSize(97);
            assertThat(again.snapshot()).isEqualTo(snapshot);
        }
        assertThat(eachKind().getFirst().lineage())
                .isEqualTo(new RetainedSnapshot(snapshot, 7, List.of(new ObjectId(1, 1, 1, 1)), List.of()));
    }

    @Test
    void parse_cutAnywhere_isDamage() {
        for (Note note : eachKind()) {
            byte[] bytes = note.bytes();
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> Note.parse(cut, "a test")).isInstanceOf(CorruptDataException.class);
            }
            assertThatThrownBy(() -> Note.parse(Arrays.copyOf(bytes, bytes.length + 1), "a test"))
                    .isInstanceOf(CorruptDataException.class);
        }
        assertThatThrownBy(() -> Note.parse(new byte[Note.BYTES_MAX + 1], "a test"))
                .isInstanceOf(CorruptDataException.class);
    }

    @Test
    void parse_anyByteChanged_isANoteOrARefusal() {
        System.out.println("seed=8");
        Random random = new Random(8);
        for (Note note : eachKind()) {
            for (int i = 0; i < note.length(); i++) {
                byte[] bytes = note.bytes();
                bytes[i] ^= (byte) (1 + random.nextInt(255));
                try {
                    assertThat(Note.parse(bytes, "a test").bytes()).isEqualTo(bytes);
                } catch (CorruptDataException | VersionMismatchException e) {
                    assertThat(i).as("behind the body nothing is looked at").isLessThan(note.length() - 64);
                }
            }
        }
    }

    @Test
    void parse_laterFormatOrKind_asksForAnUpgrade() {
        byte[] bytes = notes.plain(NoteKind.PIN, snapshot, 6).bytes();
        bytes[0] = 2;
        assertThatThrownBy(() -> Note.parse(bytes, "a test")).isInstanceOf(VersionMismatchException.class);
        bytes[0] = 1;
        bytes[1] = 77;
        assertThatThrownBy(() -> Note.parse(bytes, "a test")).isInstanceOf(VersionMismatchException.class);
    }

    @Test
    void parse_clockBeyondTheEnd_isDamage() {
        assertThatThrownBy(() -> notes.plain(NoteKind.PIN, snapshot, Note.CLOCK_MAX + 1))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> notes.plain(NoteKind.PIN, snapshot, -1)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void nextClock_isTheTimeOrOneMoreThanWhatWasSaid() {
        SnapshotNotes none = SnapshotNotes.of(List.of());
        assertThat(none.nextClock(1000)).isEqualTo(1000L << 16);
        assertThat(none.nextClock(-5)).isZero();
        SnapshotNotes ahead = SnapshotNotes.of(List.of(notes.plain(NoteKind.PIN, snapshot, 5000L << 16)));
        assertThat(ahead.nextClock(1000)).as("the clock went back").isEqualTo((5000L << 16) + 1);
        SnapshotNotes last = SnapshotNotes.of(List.of(notes.plain(NoteKind.PIN, snapshot, Note.CLOCK_MAX)));
        assertThatThrownBy(() -> last.nextClock(1000)).isInstanceOf(IllegalStateException.class);
    }
}
