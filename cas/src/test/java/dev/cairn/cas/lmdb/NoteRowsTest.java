package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.NoteKind;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.TestNotes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;

/** Notes on the disk: through rebuilds, recoveries, new volumes, and in an index of an earlier program. */
final class NoteRowsTest {

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path folder = Path.of("");
    private SmallReplica replica = SmallReplica.none();
    private TestNotes notes = new TestNotes(replica.make());

    @BeforeEach
    void createReplica() {
        folder = temporary.resolve("replica");
        replica = SmallReplica.create(folder, 22);
        notes = new TestNotes(replica.make());
    }

    private LmdbObjectStore open() {
        return LmdbObjectStore.open(folder, SmallReplica.OPTIONS);
    }

    private static List<ObjectId> retained(LmdbObjectStore store) {
        return store.snapshots().stream().map(RetainedSnapshot::snapshot).toList();
    }

    /** Forgets the first, pins the second after it was forgotten, and tags the third. */
    private List<Note> annotate(LmdbObjectStore store) {
        List<ObjectId> tips = replica.tips();
        List<Note> all = List.of(
                notes.forget(tips.get(0), 5),
                notes.plain(NoteKind.PIN, tips.get(1), 7),
                notes.forget(tips.get(1), 6),
                notes.tag(
                        NoteKind.TAG,
                        tips.get(2),
                        5,
                        replica.make().id(),
                        replica.make().id()));
        assertThat(store.annotate(all).added()).isEqualTo(4);
        return all;
    }

    private void requireNotes(LmdbObjectStore store, List<Note> all) {
        List<ObjectId> tips = replica.tips();
        assertThat(retained(store)).containsExactlyElementsOf(tips.subList(1, tips.size()));
        assertThat(store.notesAfter(null, 100)).containsExactlyInAnyOrderElementsOf(all);
        assertThat(store.notes(tips.get(1)).isPinned()).isTrue();
    }

    @Test
    void rebuild_afterForgetting_doesNotBringItBack() throws IOException {
        List<Note> all;
        try (LmdbObjectStore store = open()) {
            all = annotate(store);
            requireNotes(store, all);
        }
        SmallReplica.delete(folder.resolve("index"));
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder, SmallReplica.OPTIONS);
        assertThat(report.losses()).isEmpty();
        try (LmdbObjectStore store = open()) {
            requireNotes(store, all);
        }
    }

    @Test
    void rebuild_notesAndBranchesOfAnEarlierVolume_areInItsCheckpointAndItsJournals() throws IOException {
        List<Note> all;
        ObjectId head = replica.tips().getLast();
        BranchMove deletion = BranchMove.deletion("gone", head, replica.make().operation());
        try (LmdbObjectStore store = open()) {
            all = annotate(store);
            store.move(
                    new BranchMove("gone", null, head, List.of(), replica.make().operation()));
            store.move(deletion);
            for (int i = 0; i < 40; i++) {
                store.commit(List.of(replica.make().run(60_000)));
            }
        }
        assertThat(ReplicaFolder.volumeNumbers(folder)).hasSizeGreaterThan(4);
        SmallReplica.delete(folder.resolve("index"));
        assertThat(LmdbObjectStore.rebuildIndex(folder, SmallReplica.OPTIONS).losses())
                .isEmpty();
        try (LmdbObjectStore store = open()) {
            requireNotes(store, all);
            assertThat(store.branches()).extracting(Branch::name).containsExactly("main");
            assertThat(store.move(deletion)).isEqualTo(new BranchMove.Outcome.Deleted(new Branch("gone", head, 1)));
        }
    }

    @Test
    void checkpoint_ofAnIndexWithNotes_hasThemAll() {
        HeapRows rows = new HeapRows();
        List<Note> all = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            Note note = notes.forget(replica.make().id(), i);
            all.add(note);
            rows.put(Table.NOTES, note.key(), NoteRows.encode(note));
        }
        Journals journals = new Journals(SmallReplica.REPOSITORY);
        journals.checkpoint(new IndexView(rows));
        List<Note> read = journals.encode(1, List.of(1)).stream()
                .flatMap(body -> Journals.parse(body, "a test").getCheckpoint().getNotesList().stream())
                .map(bytes -> Note.parse(bytes.toByteArray(), "a test"))
                .toList();
        assertThat(read).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void rebuild_forgottenHeadThatTheBranchLeft_staysForgotten() throws IOException {
        ObjectId head = replica.tips().getLast();
        ObjectId back = replica.tips().getFirst();
        try (LmdbObjectStore store = open()) {
            store.annotate(List.of(notes.forget(head, 5)));
            assertThat(retained(store)).contains(head);
            store.move(
                    new BranchMove("main", head, back, List.of(), replica.make().operation()));
            assertThat(retained(store)).doesNotContain(head);
        }
        SmallReplica.delete(folder.resolve("index"));
        LmdbObjectStore.rebuildIndex(folder, SmallReplica.OPTIONS);
        try (LmdbObjectStore store = open()) {
            assertThat(retained(store)).doesNotContain(head).contains(back);
        }
    }

    @Test
    void recovery_indexThatMissedTheCommit_learnsOfTheNotes() throws IOException {
        Path before = temporary.resolve("index-before");
        Files.copy(folder.resolve("index/data.mdb"), before);
        List<Note> all;
        try (LmdbObjectStore store = open()) {
            all = annotate(store);
        }
        Files.copy(before, folder.resolve("index/data.mdb"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        try (LmdbObjectStore store = open()) {
            store.commit(List.of(replica.make().run(100)));
            requireNotes(store, all);
        }
    }

    @Test
    void open_indexOfAnEarlierProgram_getsItsTableWhereItMayBeWritten() throws IOException {
        try (Env<ByteBuffer> index = Env.create()
                        .setMapSize(1L << 30)
                        .setMaxDbs(20)
                        .open(folder.resolve("index").toFile(), 0600);
                Txn<ByteBuffer> transaction = index.txnWrite()) {
            index.openDbi(transaction, "notes".getBytes(StandardCharsets.US_ASCII), null, false)
                    .drop(transaction, true);
            transaction.commit();
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS.withReadOnly(true))) {
            assertThat(store.notesAfter(null, 10)).isEmpty();
            assertThat(store.notes(replica.tips().getFirst()).isForgotten()).isFalse();
            replica.requireWhole(store);
        }
        try (LmdbObjectStore store = open()) {
            requireNotes(store, annotate(store));
        }
    }

    @Test
    void decode_damagedRow_isDamage() {
        Note note = notes.forget(replica.tips().getFirst(), 5);
        byte[] row = NoteRows.encode(note);
        assertThat(NoteRows.decode(note.key(), ByteBuffer.wrap(row))).isEqualTo(note);
        for (int i = 0; i < row.length; i++) {
            byte[] damaged = row.clone();
            damaged[i] ^= 1;
            assertThatThrownBy(() -> NoteRows.decode(note.key(), ByteBuffer.wrap(damaged)))
                    .isInstanceOf(CorruptDataException.class);
        }
        byte[] otherKey = note.key();
        otherKey[40] ^= 1;
        assertThatThrownBy(() -> NoteRows.decode(otherKey, ByteBuffer.wrap(row)))
                .isInstanceOf(CorruptDataException.class);
    }
}
