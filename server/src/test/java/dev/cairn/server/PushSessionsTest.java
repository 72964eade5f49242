package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.Collectable;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.gc.CollectionResult;
import dev.cairn.cas.gc.Collector;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.RemoteState;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collection beside pushes to a running server: through another store on its folder, as another process would. */
class PushSessionsTest {

    private static final Duration IDLE = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(5);
    private final RepositoryId id = TestServer.repositoryId(records);
    private final SealedRecord run = records.run(300);
    private final SealedRecord page =
            records.pages(new ProvidedObject(records.id(), List.of(), List.of(TestRecords.provided(run))));
    private final SealedRecord snapshot = records.snapshot(records.id(), 1, List.of(), TestRecords.provided(page));

    private TestServer server() {
        return new TestServer(folder, new TestLimits().pushes(2, IDLE).limits());
    }

    private static CollectionResult collect(TestServer server) {
        Path place = DataFolder.existing(server.dataFolder()).repository(TestServer.NAME);
        try (ObjectStore store = LmdbObjectStore.open(place, LmdbObjectStore.Options.DEFAULT)) {
            return new Collector(store).run();
        }
    }

    private List<ObjectId> missing(TestClient.Session session) {
        return ((Response.MissingIds)
                        session.ask(new Request.Missing(List.of(TestRecords.provided(run)), TestServer.PUSH)))
                .ids();
    }

    @Test
    void collection_duringAPush_waitsForItsMove() {
        try (TestServer server = server();
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            session.ask(TestServer.batch(run));
            CollectionResult result = collect(server);
            assertThat(result.waiting()).containsExactly(new Collectable.OpenSession("a push to this server"));
            assertThat(missing(session)).as("what it brought is there for it").isEmpty();
            session.ask(TestServer.batch(page, snapshot));
            session.ask(TestServer.move(records.operation(), TestRecords.provided(snapshot)));
            result = collect(server);
            assertThat(result.waiting()).isEmpty();
            assertThat(result.removed()).isEqualTo(Collectable.Removed.NOTHING);
            assertThat(server.stats().objects()).isEqualTo(3);
        }
    }

    @Test
    void collection_afterTheBatchThatBringsTheMove_waitsForNobody() {
        try (TestServer server = server();
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            session.ask(TestServer.batch(run));
            assertThat(collect(server).waiting()).hasSize(1);
            Request.Batch records = TestServer.batch(page, snapshot);
            Request.Move move = new Request.Move(
                    TestServer.move(this.records.operation(), TestRecords.provided(snapshot))
                            .move(),
                    TestServer.PUSH);
            session.ask(new Request.Batch(records.push(), records.number(), records.records(), false, null, move));
            CollectionResult result = collect(server);
            assertThat(result.waiting()).isEmpty();
            assertThat(result.removed()).isEqualTo(Collectable.Removed.NOTHING);
            assertThat(server.stats().objects()).isEqualTo(3);
        }
    }

    @Test
    void collection_afterAQuestionAboutTheState_waitsForNobody() {
        try (TestServer server = server();
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            session.ask(TestServer.batch(run));
            server.putClockForward(IDLE);
            server.server().shelf().closeIdle();
            Response answer = session.ask(new Request.Compare(new RemoteState(id, 1, List.of())));
            assertThat(answer).isInstanceOf(Response.Unchanged.class);
            CollectionResult result = collect(server);
            assertThat(result.waiting()).isEmpty();
            assertThat(result.removed().chunks()).isEqualTo(1);
        }
    }

    @Test
    void collection_afterAPushWasGivenUp_goesOn_andThePushIsToldWhatIsMissing() {
        try (TestServer server = server();
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            session.ask(TestServer.batch(run));
            server.putClockForward(IDLE);
            server.server().shelf().closeIdle();
            assertThat(collect(server).removed().chunks()).isEqualTo(1);
            assertThat(session.reply(TestServer.batch(page, snapshot)).problem().code())
                    .isEqualTo(ProblemCode.MISSING);
            assertThat(missing(session)).hasSize(1);
            session.ask(TestServer.batch(run, page, snapshot));
            session.ask(TestServer.move(records.operation(), TestRecords.provided(snapshot)));
            assertThat(server.stats().objects()).isEqualTo(3);
        }
    }

    @Test
    void use_morePushesThanMayBe_endsTheOneHeardOfLongestAgo() {
        try (TestServer server = server();
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            for (int i = 0; i < 5; i++) {
                session.ask(new Request.Missing(records.ids(1), new dev.cairn.replicator.protocol.PushId(i, i)));
            }
            session.ask(TestServer.batch(run));
            assertThat(collect(server).waiting()).hasSize(2);
        }
    }
}
