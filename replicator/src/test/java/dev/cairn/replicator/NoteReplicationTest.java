package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static dev.cairn.replicator.TestSessions.pull;
import static dev.cairn.replicator.TestSessions.pullUntilDone;
import static dev.cairn.replicator.TestSessions.push;
import static dev.cairn.replicator.TestSessions.pushUntilDone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.snapshot.note.NoteBook;
import dev.cairn.cas.snapshot.note.NoteCodec;
import dev.cairn.replicator.protocol.NoteDigest;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Notes between replicas: what is forgotten on one side stays so on all, and what nobody may say is not believed. */
class NoteReplicationTest {

    private static final ProtocolLimits SMALL = new ProtocolLimits(64 << 10, 24 << 10, 7, 90, 8, 3);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private long millis = 1_700_000_000_000L;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 5);
    }

    private NoteBook notes(TestRepository repository) {
        ReplicaIdentity author = author(repository.keys, repository.random);
        InstantSource clock = () -> Instant.ofEpochMilli(millis++);
        return new NoteBook(repository.store, new NoteCodec(repository.keys), () -> author, clock);
    }

    private static ReplicaIdentity author(RepositoryKeys keys, SplittableRandom random) {
        return ReplicaIdentity.generate(keys.roster(), "a test", Instant.EPOCH, random.split()::nextBytes);
    }

    private static List<ObjectId> retained(ObjectStore store) {
        return store.snapshots().stream().map(RetainedSnapshot::snapshot).toList();
    }

    private static List<Note> all(ObjectStore store) {
        return store.notesAfter(null, 10_000);
    }

    /** Forgets some of what is retained and no branch points at. */
    private void forgetSome(TestRepository repository, int share) {
        List<RetainedSnapshot> some = repository.store.snapshots().stream()
                .filter(one -> repository.store.branches().stream()
                        .noneMatch(branch -> branch.snapshot().equals(one.snapshot())))
                .filter(one -> repository.random.nextInt(share) == 0)
                .toList();
        notes(repository).forget(some);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void pushAndPull_badNetworkAndForgettingOnBothSides_agreeInTheEnd(long seed) {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestRepository ada = TestRepository.make(random.split());
        TestRepository bob = ada.emptyReplica();
        SimulatedServer server = new SimulatedServer(SMALL);
        BadNetwork network = new BadNetwork(server, random.split(), random.nextDouble() * 0.4);
        ada.fill(40);
        for (int round = 0; round < 4; round++) {
            for (int snapshots = 2 + random.nextInt(5); snapshots > 0; snapshots--) {
                ada.edit(random.nextInt(5));
                ObjectId made = ada.snapshot(random.nextInt(3) == 0 ? "other" : "main");
                notes(ada).tag(made, List.of("round " + round), true);
            }
            forgetSome(ada, 3);
            pushUntilDone(network, ada, SMALL, random);
            pullUntilDone(network, bob, SMALL, random, folder);
            forgetSome(bob, 3);
            retained(bob.store).stream().findFirst().ifPresent(id -> notes(bob).pin(id, random.nextBoolean()));
            pushUntilDone(network, bob, SMALL, random);
        }
        pushUntilDone(network, ada, SMALL, random);
        pushUntilDone(network, bob, SMALL, random);
        pullUntilDone(network, bob, SMALL, random, folder);
        assertThat(all(bob.store)).isEqualTo(all(ada.store)).isEqualTo(all(server.store()));
        assertThat(retained(bob.store)).isEqualTo(retained(ada.store)).isEqualTo(retained(server.store()));
        assertThat(all(ada.store)).isNotEmpty();

        TestRepository clone = ada.emptyReplica();
        pullUntilDone(network, clone, SMALL, random, folder);
        assertThat(retained(clone.store)).isEqualTo(retained(ada.store));
        for (Branch branch : ada.store.branches()) {
            ada.verify(clone.store, branch.snapshot());
        }
        assertThat(done(network.run(pull(clone, SMALL, random, folder), Integer.MAX_VALUE))
                        .requests())
                .as("nothing is asked for where nothing differs")
                .isEqualTo(1);
    }

    @Test
    void push_byADeviceThatMayOnlyAppend_movesForwardOverWhatItForgotAndDeletesNothing() {
        SplittableRandom random = new SplittableRandom(9);
        TestRepository ada = TestRepository.make(random.split());
        SimulatedServer server = new SimulatedServer(SMALL);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        network.role = Role.APPEND;
        ada.fill(40);
        ObjectId first = ada.snapshot("main");
        done(network.run(push(ada, SMALL, random), Integer.MAX_VALUE));
        ada.edit(2);
        ObjectId second = ada.snapshot("main");
        ada.edit(2);
        ObjectId third = ada.snapshot("main");
        List<RetainedSnapshot> both = ada.store.snapshots().subList(0, 2);
        notes(ada).forget(both);
        notes(ada).tag(third, List.of("a tag"), true);
        assertThat(retained(ada.store)).containsExactly(third);

        TransferResult pushed = done(network.run(push(ada, SMALL, random), Integer.MAX_VALUE));
        assertThat(pushed.hasConflict()).isFalse();
        assertThat(pushed.notes()).isEqualTo(new TransferResult.Notes(1, 0, 0, 2));
        assertThat(retained(server.store())).containsExactly(first, third);
        assertThat(server.store().has(second)).as("never sent").isFalse();
        TransferResult again = done(network.run(push(ada, SMALL, random), Integer.MAX_VALUE));
        assertThat(again.notes()).isEqualTo(new TransferResult.Notes(0, 0, 0, 2));

        done(network.run(pull(ada, SMALL, random, folder), Integer.MAX_VALUE));
        assertThat(retained(ada.store)).as("not brought back").containsExactly(third);
        network.role = Role.WRITE;
        done(network.run(push(ada, SMALL, random), Integer.MAX_VALUE));
        assertThat(retained(server.store())).containsExactly(third);
        assertThat(all(server.store())).isEqualTo(all(ada.store));
    }

    @Test
    void annotate_whatADeviceMayNotSay_isRefused() {
        SplittableRandom random = new SplittableRandom(10);
        TestRepository ada = TestRepository.make(random.split());
        ada.fill(10);
        ObjectId head = ada.snapshot("main");
        NoteCodec codec = new NoteCodec(ada.keys);
        ReplicaIdentity author = author(ada.keys, random);
        RepositoryService service = new RepositoryService(ada.store, 1);
        Note tag = codec.tag(author, head, "t", true, 5);
        for (Note note : List.of(
                codec.forget(author, ada.store.snapshots().getFirst(), 5),
                codec.pin(author, head, true, 5),
                codec.pin(author, head, false, 5),
                codec.tag(author, head, "t", false, 5))) {
            assertProblem(service, Role.APPEND, ProblemCode.NOT_ALLOWED, tag.bytes(), note.bytes());
        }
        assertProblem(service, Role.READ, ProblemCode.NOT_ALLOWED, tag.bytes());
        byte[] forged = tag.bytes();
        forged[forged.length - 1] ^= 1;
        assertProblem(service, Role.ADMIN, ProblemCode.DAMAGED, forged);
        assertProblem(service, Role.ADMIN, ProblemCode.DAMAGED, new byte[] {1, 2, 3});
        assertThat(all(ada.store)).isEmpty();

        byte[] later = tag.bytes();
        later[1] = 99;
        Note elsewhere = codec.tag(author, new ObjectId(7, 7, 7, 7), "t", true, 5);
        Request.Annotate annotate = new Request.Annotate(List.of(tag.bytes(), later, elsewhere.bytes()));
        assertThat(service.answer(annotate, Role.APPEND)).isEqualTo(new Answer.Whole(new Response.Annotated(1, 2)));
        assertThat(all(ada.store)).containsExactly(tag);
    }

    private static void assertProblem(RepositoryService service, Role role, ProblemCode code, byte[]... notes) {
        assertThatThrownBy(() -> service.answer(new Request.Annotate(List.of(notes)), role))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }

    @Test
    void pull_notesThatNoReplicaSigned_arePassedOver() {
        SplittableRandom random = new SplittableRandom(11);
        TestRepository source = TestRepository.make(random.split());
        SimulatedServer server = new SimulatedServer(SMALL);
        server.serve(source.store);
        BadNetwork network = new BadNetwork(server, random.split(), 0);
        source.fill(20);
        ObjectId first = source.snapshot("main");
        source.edit(2);
        ObjectId second = source.snapshot("main");
        TestRepository local = source.emptyReplica();
        done(network.run(pull(local, SMALL, random, folder), Integer.MAX_VALUE));

        RepositoryKeys others = TestRepository.make(random.split()).keys;
        ReplicaIdentity mallory = author(others, random);
        NoteCodec codec = new NoteCodec(source.keys);
        List<Note> nonsense = new ArrayList<>();
        nonsense.add(codec.forget(mallory, source.store.snapshots().getFirst(), 1L << 61));
        nonsense.add(codec.tag(mallory, second, "evil", true, 5));
        source.store.annotate(nonsense);
        TransferResult pulled = done(network.run(pull(local, SMALL, random, folder), Integer.MAX_VALUE));
        assertThat(pulled.notes()).isEqualTo(new TransferResult.Notes(0, 0, 2, 0));
        assertThat(retained(local.store)).containsExactly(first, second);
        assertThat(all(local.store)).isEmpty();
    }

    @Test
    void pull_serverThatKnowsNothingOfNotes_isAskedForNone() {
        assertThat(answered(null)).isInstanceOf(Action.Done.class);
    }

    @Test
    void pull_notesOutOfPlaceOrWithoutAnEnd_failTheSession() {
        Note note = new NoteCodec(TestRepository.make(new SplittableRandom(2)).keys)
                .pin(
                        author(TestRepository.make(new SplittableRandom(2)).keys, new SplittableRandom(3)),
                        new ObjectId(1, 1, 1, 1),
                        true,
                        4);
        assertThat(answered(new NoteDigest(1, 1), new Response.NoteList(0, List.of(new byte[] {1, 2}))))
                .isInstanceOfSatisfying(
                        Action.Fail.class,
                        fail -> assertThat(fail.cause()).isInstanceOf(RemoteException.PeerMisbehaved.class));
        Response.NoteList empty = new Response.NoteList(0, List.of());
        assertThat(answered(new NoteDigest(1, 1), empty, empty)).isInstanceOf(Action.Fail.class);
        assertThat(answered(new NoteDigest(1, 1), new Response.NoteList(0, List.of(note.bytes())), new Response.End(2)))
                .isInstanceOf(Action.Fail.class);
        assertThat(answered(new NoteDigest(1, 1), new Response.NoteList(0, List.of(note.bytes())), new Response.End(1)))
                .isInstanceOf(Action.Done.class);
    }

    /** The last action of a pull from a server without branches that answers with these frames. */
    private Action answered(@org.jspecify.annotations.Nullable NoteDigest digest, Response... frames) {
        TestRepository local = TestRepository.make(new SplittableRandom(12));
        Session session = pull(local, SMALL, new SplittableRandom(1), folder);
        session.start();
        Response info = new Response.RepositoryInfo(
                local.keys.repositoryId(),
                local.store.configuration().orElseThrow(),
                List.of(),
                Role.READ,
                0,
                digest,
                null);
        List<Action> actions = session.on(new Event.Answered(0, info));
        for (Response frame : frames) {
            if (actions.isEmpty() || actions.getLast() instanceof Action.Send) {
                actions = session.on(new Event.Answered(1, frame));
            }
        }
        return actions.getLast();
    }

    @Test
    void move_withoutATarget_takesADeviceThatMayWrite() {
        SplittableRandom random = new SplittableRandom(13);
        TestRepository ada = TestRepository.make(random.split());
        ada.fill(10);
        ObjectId head = ada.snapshot("main");
        SimulatedServer server = new SimulatedServer(SMALL);
        server.serve(ada.store);
        Request deletion = new Request.Move(BranchMove.deletion("main", head, new OperationId(1, 1)), null);
        assertThat(server.answer(deletion, Role.APPEND))
                .singleElement()
                .isInstanceOfSatisfying(
                        dev.cairn.replicator.protocol.Problem.class,
                        problem -> assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ALLOWED));
        assertThat(server.answer(deletion, Role.WRITE))
                .singleElement()
                .isInstanceOfSatisfying(
                        Response.Moved.class,
                        moved -> assertThat(moved.outcome()).isInstanceOf(BranchMove.Outcome.Deleted.class));
        assertThat(server.answer(deletion, Role.WRITE)).as("again").hasSize(1);
        assertThat(ada.store.branches()).isEmpty();
        assertThat(retained(ada.store)).containsExactly(head);
    }
}
