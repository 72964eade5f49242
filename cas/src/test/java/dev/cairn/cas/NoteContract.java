package dev.cairn.cas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove.Outcome.Conflict;
import dev.cairn.cas.BranchMove.Outcome.Deleted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} does with notes about snapshots, and with branches that go. */
abstract class NoteContract extends BranchContract {

    protected final TestNotes notes = new TestNotes(make);

    private List<ObjectId> retained() {
        return store.snapshots().stream().map(RetainedSnapshot::snapshot).toList();
    }

    /** A branch with three snapshots, the oldest first. */
    private List<ObjectId> history() {
        List<ObjectId> ids = List.of(snapshot(1), snapshot(2), snapshot(3));
        store.move(new BranchMove("main", null, ids.get(2), ids.subList(0, 2), make.operation()));
        return ids;
    }

    @Test
    void annotate_forget_takesTheSnapshotOffTheListForGood() {
        List<ObjectId> ids = history();
        Note forget = notes.forget(ids.get(1), 10);
        assertThat(store.annotate(List.of(forget))).isEqualTo(new ObjectStore.NoteReceipt(1, 0));
        assertThat(retained()).containsExactly(ids.get(0), ids.get(2));
        assertThat(store.notes(ids.get(1)).forgetting()).contains(forget);
        assertThat(store.has(ids.get(1))).as("collection takes it, not this").isTrue();
        assertThat(store.annotate(List.of(forget))).isEqualTo(new ObjectStore.NoteReceipt(0, 0));

        ObjectId next = snapshot(4);
        store.move(new BranchMove("main", ids.get(2), next, ids, make.operation()));
        store.move(new BranchMove("other", null, next, List.of(ids.get(1)), make.operation()));
        assertThat(retained()).as("no move brings it back").containsExactly(ids.get(0), ids.get(2), next);
    }

    @Test
    void annotate_forgetOfABranchesHead_waitsUntilNoBranchPointsAtIt() {
        List<ObjectId> ids = history();
        ObjectId head = ids.get(2);
        store.move(move("other", null, head));
        store.annotate(List.of(notes.forget(head, 10)));
        assertThat(retained()).contains(head);
        ObjectId next = snapshot(4);
        store.move(move("main", head, next));
        assertThat(retained()).as("other points at it").contains(head);
        store.move(BranchMove.deletion("other", head, make.operation()));
        assertThat(retained()).containsExactly(ids.get(0), ids.get(1), next);
        store.move(move("again", null, head));
        assertThat(retained()).as("a head is retained").contains(head);
    }

    @Test
    void annotate_pinLaterThanForget_bringsTheSnapshotBack() {
        List<ObjectId> ids = history();
        ObjectId first = ids.getFirst();
        store.annotate(List.of(notes.plain(NoteKind.PIN, first, 9), notes.forget(first, 10)));
        assertThat(retained()).doesNotContain(first);
        store.annotate(List.of(notes.plain(NoteKind.PIN, first, 11)));
        assertThat(retained()).containsExactlyElementsOf(ids);
        assertThat(store.notes(first).isPinned()).isTrue();
        store.annotate(List.of(notes.plain(NoteKind.UNPIN, first, 12)));
        assertThat(retained()).containsExactlyElementsOf(ids);
        assertThat(store.notes(first).isPinned()).isFalse();
        store.annotate(List.of(notes.forget(first, 13)));
        assertThat(retained()).doesNotContain(first);
    }

    @Test
    void annotate_snapshotThatIsNotHere_isRememberedForLater() {
        ObjectId later = make.id();
        store.annotate(List.of(notes.forget(later, 5)));
        store.commit(make.tree(later, 9, 100));
        ObjectId head = snapshot(10);
        store.move(new BranchMove("main", null, head, List.of(later), make.operation()));
        assertThat(retained()).containsExactly(head);
    }

    @Test
    void annotate_anyOrder_comesToTheSame() {
        List<ObjectId> ids = history();
        ObjectId about = ids.getFirst();
        ObjectId author = make.id();
        ObjectId subject = make.id();
        List<Note> all = new ArrayList<>();
        for (int clock = 1; clock <= 4; clock++) {
            all.add(notes.forget(about, 10L * clock));
            all.add(notes.plain(NoteKind.PIN, about, 10L * clock + (clock == 4 ? -1 : 1)));
            all.add(notes.plain(NoteKind.UNPIN, about, 10L * clock + 2));
            all.add(notes.tag(clock % 2 == 0 ? NoteKind.TAG : NoteKind.UNTAG, about, clock, author, subject));
        }
        System.out.println("seed=5");
        Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(all, random);
            SnapshotNotes merged = SnapshotNotes.of(List.of());
            for (Note note : all) {
                merged = merged.with(note);
            }
            assertThat(merged).as("round %d", round).isEqualTo(SnapshotNotes.of(all));
            assertThat(merged.isForgotten()).isTrue();
        }
        for (Note note : all) {
            store.annotate(List.of(note));
        }
        assertThat(store.notes(about)).isEqualTo(SnapshotNotes.of(all));
        assertThat(retained()).containsExactly(ids.get(1), ids.get(2));
    }

    @Test
    void tags_ofSeveralAuthors_theLatestHolds() {
        ObjectId about = snapshot(1);
        ObjectId ada = make.id();
        ObjectId bob = make.id();
        ObjectId subject = make.id();
        Note added = notes.tag(NoteKind.TAG, about, 1, ada, subject);
        Note removed = notes.tag(NoteKind.UNTAG, about, 2, bob, subject);
        Note other = notes.tag(NoteKind.TAG, about, 1, bob, make.id());
        store.annotate(List.of(removed, added, other));
        assertThat(store.notes(about).tags()).containsExactlyInAnyOrder(removed, other);
        Note again = notes.tag(NoteKind.TAG, about, 3, ada, subject);
        store.annotate(List.of(again));
        assertThat(store.notes(about).tags()).containsExactlyInAnyOrder(again, other);
        assertThat(store.notes(about).notes()).as("one of each author").hasSize(3);
    }

    @Test
    void annotate_moreThanASnapshotMayHave_leavesOutTheRest() {
        ObjectId about = snapshot(1);
        List<Note> many = new ArrayList<>();
        for (int i = 0; i < Note.NOTES_PER_SNAPSHOT_MAX + 3; i++) {
            many.add(notes.tag(NoteKind.TAG, about, 1, make.id(), make.id()));
        }
        assertThat(store.annotate(many)).isEqualTo(new ObjectStore.NoteReceipt(Note.NOTES_PER_SNAPSHOT_MAX, 3));
        assertThat(store.notes(about).notes()).hasSize(Note.NOTES_PER_SNAPSHOT_MAX);
        assertThat(store.annotate(List.of(notes.forget(about, 2))).leftOut()).isZero();
        assertThat(store.notes(about).notes()).as("nobody needs the tags now").hasSize(1);
        assertThatThrownBy(() -> store.annotate(Collections.nCopies(ObjectStore.NOTES_MAX + 1, many.getFirst())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void notesAfter_pages_giveEveryNoteOnceInOrder() {
        List<Note> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(notes.forget(make.id(), i));
        }
        store.annotate(all);
        all.sort((a, b) -> java.util.Arrays.compareUnsigned(a.key(), b.key()));
        List<Note> read = new ArrayList<>();
        List<Note> page = store.notesAfter(null, 7);
        while (!page.isEmpty()) {
            assertThat(page.size()).isLessThanOrEqualTo(7);
            read.addAll(page);
            page = store.notesAfter(read.getLast().key(), 7);
        }
        assertThat(read).isEqualTo(all);
        assertThat(store.notesAfter(all.get(3).snapshot().bytes(), 1)).containsExactly(all.get(3));
    }

    @Test
    void move_withoutATarget_deletesTheBranchAndKeepsItsSnapshots() {
        List<ObjectId> ids = history();
        ObjectId head = ids.getLast();
        BranchMove wrong = BranchMove.deletion("main", ids.getFirst(), make.operation());
        assertThat(store.move(wrong)).isEqualTo(new Conflict(new Branch("main", head, 1)));
        assertThat(store.move(BranchMove.deletion("none", head, make.operation())))
                .isEqualTo(new Conflict(null));
        BranchMove deletion = BranchMove.deletion("main", head, make.operation());
        BranchMove.Outcome deleted = store.move(deletion);
        assertThat(deleted).isEqualTo(new Deleted(new Branch("main", head, 1)));
        assertThat(store.branches()).isEmpty();
        assertThat(retained()).containsExactlyElementsOf(ids);
        store.move(move("main", null, ids.getFirst()));
        assertThat(store.move(deletion)).as("repeated").isEqualTo(deleted);
        assertThat(store.branch("main")).contains(new Branch("main", ids.getFirst(), 1));
    }
}
