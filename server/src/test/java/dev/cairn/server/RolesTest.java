package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.NoteDigest;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.RemoteState;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each role may do: the table of the protocol's document, and which way an append device may move a branch. */
class RolesTest {

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(5);
    private final RepositoryId id = TestServer.repositoryId(records);
    private final SealedRecord run = records.run(100);
    private final SealedRecord page =
            records.pages(new ProvidedObject(records.id(), List.of(), List.of(TestRecords.provided(run))));
    private long sequence;

    /** The column "role" of the document. */
    private static Role least(Route route) {
        return switch (route) {
            case INFO, STATE, SNAPSHOTS, DIFF, FETCH, NOTES -> Role.READ;
            case CREATE, MISSING, BATCH, MOVE, ANNOTATE -> Role.APPEND;
            case CONFIGURATION -> Role.WRITE;
        };
    }

    /** A stored snapshot with these parents. */
    private ObjectId snapshot(TestClient.Session session, ObjectId... parents) {
        ObjectId snapshot = records.id();
        sequence++;
        session.ask(TestServer.batch(
                run, page, records.snapshot(snapshot, sequence, List.of(parents), TestRecords.provided(page))));
        return snapshot;
    }

    private static BranchMove.Outcome move(TestClient.Session session, Request.Move move) {
        return ((Response.Moved) session.ask(move)).outcome();
    }

    private static @Nullable ObjectId branch(TestClient.Session session) {
        Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
        return info.branches().isEmpty() ? null : info.branches().getFirst().snapshot();
    }

    @Test
    void request_everyRouteInEveryRole_isAllowedAsTheDocumentSays() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session admin = server.made(client, id);
            ObjectId head = snapshot(admin);
            move(admin, TestServer.move(records.operation(), head));
            long revision = 1;
            for (Role role : Role.values()) {
                TestClient.Session session = server.session(client, role);
                assertThat(session.greeting().role()).isEqualTo(role);
                for (Route route : Route.values()) {
                    ObjectId next = route == Route.MOVE ? snapshot(admin, head) : head;
                    TestClient.Reply reply = session.reply(request(route, head, next, revision));
                    boolean isAllowed = role.includes(least(route));
                    if (isAllowed) {
                        assertThat(reply.status()).as("%s %s", role, route).isEqualTo(200);
                        revision += route == Route.CONFIGURATION ? 1 : 0;
                        head = next;
                    } else {
                        Problem problem = reply.problem();
                        assertThat(problem.code()).as("%s %s", role, route).isEqualTo(ProblemCode.NOT_ALLOWED);
                        assertThat(problem.message())
                                .contains(role.name().toLowerCase(Locale.ROOT), "'" + route.segment() + "'");
                    }
                    assertThat(branch(admin)).as("%s %s", role, route).isEqualTo(head);
                }
            }
            Response.RepositoryInfo info = (Response.RepositoryInfo) admin.ask(new Request.Describe());
            assertThat(info.configuration().revision())
                    .as("changed by write and admin")
                    .isEqualTo(3);
        }
    }

    private Request request(Route route, ObjectId head, ObjectId next, long revision) {
        return switch (route) {
            case INFO -> new Request.Describe();
            case STATE -> new Request.Compare(new RemoteState(id, revision, List.of()));
            case SNAPSHOTS -> new Request.Snapshots();
            case CREATE -> TestServer.create(id);
            case CONFIGURATION -> new Request.Configure(revision, new byte[] {(byte) revision});
            case MISSING -> new Request.Missing(List.of(head), TestServer.PUSH);
            case BATCH -> TestServer.batch(records.run(41));
            case MOVE -> TestServer.move(records.operation(), head, next);
            case DIFF -> new Request.Diff(List.of(head), List.of(), 0);
            case FETCH -> new Request.Fetch(List.of(TestRecords.provided(run)));
            case NOTES -> new Request.Notes(List.of(NoteDigest.NONE));
            case ANNOTATE -> new Request.Annotate(List.of());
        };
    }

    @Test
    void create_byARoleThatMayNot_makesNothing() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            assertThat(server.session(client, Role.READ)
                            .reply(TestServer.create(id))
                            .problem()
                            .code())
                    .isEqualTo(ProblemCode.NOT_ALLOWED);
            assertThat(server.dataFolder().resolve("tenants/default")).isEmptyDirectory();
            assertThat(server.session(client, Role.APPEND)
                            .reply(TestServer.create(id))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void move_byAppend_forwardIsDone() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session admin = server.made(client, id);
            TestClient.Session append = server.session(client, Role.APPEND);
            ObjectId first = snapshot(admin);
            ObjectId second = snapshot(admin, first);
            ObjectId side = snapshot(admin, first);
            ObjectId merge = snapshot(admin, side, second);
            ObjectId last = snapshot(admin, snapshot(admin, merge));
            assertMoved(append, null, first);
            assertMoved(append, first, first);
            assertMoved(append, first, second);
            assertMoved(append, second, merge);
            assertMoved(append, merge, last);
        }
    }

    private void assertMoved(TestClient.Session session, @Nullable ObjectId from, ObjectId to) {
        assertThat(move(session, TestServer.move(records.operation(), from, to)))
                .isInstanceOf(BranchMove.Outcome.Moved.class);
        assertThat(branch(session)).isEqualTo(to);
    }

    @Test
    void move_byAppend_backOrAsideIsRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session admin = server.made(client, id);
            TestClient.Session append = server.session(client, Role.APPEND);
            ObjectId first = snapshot(admin);
            ObjectId second = snapshot(admin, first);
            ObjectId third = snapshot(admin, second);
            ObjectId side = snapshot(admin, first);
            ObjectId foreign = snapshot(admin);
            ObjectId ofUnknownParents = snapshot(admin, records.id());
            assertMoved(admin, null, third);
            for (ObjectId target : List.of(first, second, side, foreign, ofUnknownParents)) {
                Problem problem = append.reply(TestServer.move(records.operation(), third, target))
                        .problem();
                assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ALLOWED);
                assertThat(problem.message()).contains("forward");
                Request.Batch batch = TestServer.batch(records.run(41));
                Request.Move last = TestServer.move(records.operation(), third, target);
                Problem withBatch = append.reply(
                                new Request.Batch(TestServer.PUSH, 0, batch.records(), false, null, last))
                        .problem();
                assertThat(withBatch.code()).isEqualTo(ProblemCode.NOT_ALLOWED);
                assertThat(branch(admin)).isEqualTo(third);
            }
            for (ObjectId target : List.of(first, foreign, third)) {
                assertMoved(admin, branch(admin), target);
            }
        }
    }

    /** What the client says that it expects decides nothing: the branch must really be there. */
    @Test
    void move_byAppend_withAFalseExpectation_isAConflict() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session admin = server.made(client, id);
            TestClient.Session append = server.session(client, Role.APPEND);
            ObjectId first = snapshot(admin);
            ObjectId second = snapshot(admin, first);
            ObjectId third = snapshot(admin, second);
            assertMoved(admin, null, third);
            ObjectId side = snapshot(admin, first);
            for (@Nullable ObjectId expected : new ObjectId[] {first, null}) {
                BranchMove.Outcome outcome = move(append, TestServer.move(records.operation(), expected, side));
                assertThat(outcome)
                        .isInstanceOfSatisfying(
                                BranchMove.Outcome.Conflict.class,
                                conflict -> assertThat(conflict.current())
                                        .isNotNull()
                                        .extracting(branch -> branch.snapshot())
                                        .isEqualTo(third));
                assertThat(branch(admin)).isEqualTo(third);
            }
            assertThat(append.reply(TestServer.move(records.operation(), records.id(), third))
                            .problem()
                            .code())
                    .isEqualTo(ProblemCode.NOT_ALLOWED);
        }
    }

    /** An old move that is repeated gets its old answer, and moves nothing. */
    @Test
    void move_byAppend_repeatedAfterOthersMovedOn_changesNothing() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session admin = server.made(client, id);
            TestClient.Session append = server.session(client, Role.APPEND);
            ObjectId first = snapshot(admin);
            ObjectId second = snapshot(admin, first);
            Request.Move early = TestServer.move(records.operation(), first);
            BranchMove.Outcome answer = move(append, early);
            assertMoved(append, first, second);
            assertThat(move(append, early)).isEqualTo(answer);
            assertThat(branch(admin)).isEqualTo(second);
        }
    }
}
