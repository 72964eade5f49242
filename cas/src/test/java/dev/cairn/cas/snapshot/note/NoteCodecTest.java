package dev.cairn.cas.snapshot.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.NoteKind;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.seal.GoldenFile;
import dev.cairn.cas.seal.NoteSignature;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.SeededEntropy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Notes that are signed and sealed, version 1 of their bytes, and what is refused. */
final class NoteCodecTest {

    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000, 123_456_789);
    private static final ReplicaIdentity ADA =
            ReplicaIdentity.generate(KEYS.roster(), "laptop", TIME, new SeededEntropy(2));
    private static final ObjectId SNAPSHOT = new ObjectId(1, 2, 3, 4);
    private static final long CLOCK = (1_700_000_000_000L << 16) + 5;

    private final NoteCodec codec = new NoteCodec(KEYS, new SeededEntropy(3));

    private List<Note> eachKind() {
        return List.of(
                codec.forget(
                        ADA, new RetainedSnapshot(SNAPSHOT, 9, List.of(new ObjectId(5, 6, 7, 8)), List.of()), CLOCK),
                codec.pin(ADA, SNAPSHOT, true, CLOCK),
                codec.pin(ADA, SNAPSHOT, false, CLOCK),
                codec.tag(ADA, SNAPSHOT, "größer", true, CLOCK),
                codec.tag(ADA, SNAPSHOT, "größer", false, CLOCK));
    }

    @Test
    void notes_fixedContent_areTheGoldenBytes() {
        List<Note> notes = eachKind();
        assertThat(notes.get(0).bytes()).isEqualTo(GoldenFile.read("note-forget.bin"));
        assertThat(notes.get(1).bytes()).isEqualTo(GoldenFile.read("note-pin.bin"));
        assertThat(notes.get(3).bytes()).isEqualTo(GoldenFile.read("note-tag.bin"));
    }

    @Test
    void verify_goldenNotes_holdAndSayWhatWasSaid() {
        Note forget = Note.parse(GoldenFile.read("note-forget.bin"), "golden");
        codec.verify(forget, "golden");
        assertThat(forget.kind()).isEqualTo(NoteKind.FORGET);
        assertThat(forget.clock()).isEqualTo(CLOCK);
        assertThat(forget.lineage().sequence()).isEqualTo(9);
        codec.verify(Note.parse(GoldenFile.read("note-pin.bin"), "golden"), "golden");
        Note tag = Note.parse(GoldenFile.read("note-tag.bin"), "golden");
        codec.verify(tag, "golden");
        assertThat(codec.tag(tag, "golden")).isEqualTo("größer");
    }

    @Test
    void verify_ownNotes_holdWithAndWithoutKeys() {
        for (Note note : eachKind()) {
            codec.verify(note, "a test");
            assertThat(NoteSignature.isByItsAuthor(note, KEYS.repositoryId())).isTrue();
        }
    }

    @Test
    void verify_anyByteChanged_isRefused() {
        for (Note note : eachKind()) {
            for (int i = 0; i < note.length(); i += i < 150 ? 1 : 37) {
                byte[] bytes = note.bytes();
                bytes[i] ^= 4;
                Note changed;
                try {
                    changed = Note.parse(bytes, "a test");
                } catch (CorruptDataException | VersionMismatchException e) {
                    continue;
                }
                assertThat(NoteSignature.isByItsAuthor(changed, KEYS.repositoryId()))
                        .as("byte %d of %s", i, note)
                        .isFalse();
                assertThatThrownBy(() -> codec.verify(changed, "a test")).isInstanceOf(CorruptDataException.class);
            }
        }
    }

    @Test
    void verify_replicaOfAnotherRepository_isRefused() {
        RepositoryKeys others = RepositoryKeys.generate(new SeededEntropy(9));
        ReplicaIdentity mallory = ReplicaIdentity.generate(others.roster(), "evil", TIME, new SeededEntropy(10));
        Note signedByMallory = codec.pin(mallory, SNAPSHOT, true, CLOCK);
        assertThat(NoteSignature.isByItsAuthor(signedByMallory, KEYS.repositoryId()))
                .as("who has no key cannot tell")
                .isTrue();
        assertThatThrownBy(() -> codec.verify(signedByMallory, "a test")).isInstanceOf(CorruptDataException.class);
        Note forOthers = new NoteCodec(others, new SeededEntropy(3)).pin(ADA, SNAPSHOT, true, CLOCK);
        assertThat(NoteSignature.isByItsAuthor(forOthers, KEYS.repositoryId())).isFalse();
    }

    @Test
    void tag_sealed_showsNeitherTextNorEquality() {
        Note one = codec.tag(ADA, SNAPSHOT, "unmistakable", true, CLOCK);
        Note same = codec.tag(ADA, SNAPSHOT, "unmistakable", false, CLOCK);
        Note elsewhere = codec.tag(ADA, new ObjectId(7, 7, 7, 7), "unmistakable", true, CLOCK);
        assertThat(new String(one.bytes(), StandardCharsets.ISO_8859_1))
                .doesNotContain("unmistakable")
                .doesNotContain("laptop");
        assertThat(one.subject()).isEqualTo(same.subject()).isNotEqualTo(elsewhere.subject());
        assertThat(one.key()).isEqualTo(same.key());
        assertThat(one.length())
                .as("padded")
                .isEqualTo(codec.tag(ADA, SNAPSHOT, "a", true, CLOCK).length());
    }

    @Test
    void tag_emptyOrTooLong_isRefused() {
        assertThatThrownBy(() -> codec.tag(ADA, SNAPSHOT, "", true, CLOCK))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> codec.tag(ADA, SNAPSHOT, "x".repeat(1025), true, CLOCK))
                .isInstanceOf(IllegalArgumentException.class);
        ReplicaIdentity longName = ReplicaIdentity.generate(KEYS.roster(), "n".repeat(255), TIME, new SeededEntropy(2));
        Note longest = codec.tag(longName, SNAPSHOT, "x".repeat(1024), true, CLOCK);
        assertThat(longest.length()).isLessThanOrEqualTo(Note.BYTES_MAX);
        assertThat(codec.tag(longest, "a test")).hasSize(1024);
    }
}
