package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.StreamResetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that nobody takes, or that have nothing to begin with. */
class AnswerLimitsTest {

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(13);
    private final RepositoryId id = TestServer.repositoryId(records);

    /** More than a client's window takes. */
    private List<ObjectId> storeLarge(TestServer server) {
        return store(server, 7_000_000);
    }

    /** Past the network, whose limits are what some tests are about. */
    private List<ObjectId> store(TestServer server, int bytes) {
        List<SealedRecord> runs = List.of(records.run(bytes), records.run(bytes));
        try (RepositoryShelf.Lease lease = server.server().shelf().open(TestServer.NAME)) {
            lease.store().commit(runs);
        }
        return runs.stream().map(TestRecords::provided).toList();
    }

    /** An answer that has begun, is not read on, and may break. */
    private record Begun(HttpClientResponse response, Future<Throwable> broken) {}

    private static Begun begin(TestClient client, TestClient.Session session, Request request) {
        HttpClientRequest sent =
                TestClient.join(client.open("POST", request.route().path(TestServer.NAME), session.headers()));
        Promise<Throwable> broken = Promise.promise();
        Future<HttpClientResponse> response = sent.response()
                .onSuccess(
                        answer -> answer.exceptionHandler(broken::tryComplete).pause());
        sent.end(Buffer.buffer(TestClient.body(request)));
        Begun begun = new Begun(TestClient.join(response), broken.future());
        assertThat(begun.response().statusCode()).isEqualTo(200);
        return begun;
    }

    private static void awaitRoom(TestServer server) {
        BodyBudget budget = server.server().requests().answerBudget();
        Eventually.holds(
                "all room for answers is free", () -> budget.free() == ServerLimits.DEFAULT.bodyBytesInFlight());
    }

    @Test
    void answer_thatIsNotTaken_isResetAndGivesItsRoomBack() {
        ServerLimits limits = new TestLimits().pace(Duration.ofMillis(400), 0).limits();
        try (TestServer server = new TestServer(folder, limits);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            Begun answer = begin(client, session, new Request.Fetch(storeLarge(server)));
            assertThat(TestClient.join(answer.broken())).isInstanceOf(StreamResetException.class);
            awaitRoom(server);
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
        }
    }

    @Test
    void answer_givenUpByTheClient_givesItsRoomAndItsStoreBack() {
        Duration idle = Duration.ofMinutes(1);
        ServerLimits limits = new TestLimits().openRepositories(4, idle).limits();
        try (TestServer server = new TestServer(folder, limits);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            Begun answer = begin(client, session, new Request.Fetch(storeLarge(server)));
            server.putClockForward(idle);
            server.server().shelf().closeIdle();
            assertThat(server.server().shelf().openCount()).as("it is in use").isEqualTo(1);
            TestClient.join(answer.response().request().reset().mapEmpty());
            awaitRoom(server);
            Eventually.holds("nobody uses the store", () -> {
                server.putClockForward(idle);
                server.server().shelf().closeIdle();
                return server.server().shelf().openCount() == 0;
            });
        }
    }

    @Test
    void answer_toWhatIsNotThere_isAProblemAndNoStream() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            SealedRecord run = records.run(100);
            session.ask(TestServer.batch(run));
            ObjectId absent = records.id();
            List<ObjectId> ids = List.of(TestRecords.provided(run), absent);
            for (Request request : List.of(new Request.Fetch(ids), new Request.Diff(ids, List.of(), 0))) {
                Problem problem = session.reply(request).problem();
                assertThat(problem.code()).isEqualTo(ProblemCode.MISSING);
                assertThat(problem.ids()).containsExactly(absent);
            }
            assertThat(session.stream(new Request.Snapshots())).containsExactly(new Response.End(0));
            awaitRoom(server);
        }
    }

    @Test
    void answers_ofManyStreamsAtOnce_areAllWhole() {
        long room = FrameSender.roomBytes(ProtocolLimits.DEFAULT.frameBytes());
        ServerLimits limits = new TestLimits().bodies(room, 100).workers(2, 100).limits();
        try (TestServer server = new TestServer(folder, limits);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            List<ObjectId> ids = store(server, 1_500_000);
            List<Future<TestClient.Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                replies.add(session.start(new Request.Fetch(ids)));
            }
            for (Future<TestClient.Reply> reply : replies) {
                assertThat(TestClient.join(reply).orThrow().frames()).hasSize(3);
            }
        }
    }
}
