package dev.cairn.server;

import static dev.cairn.replicator.protocol.ProblemCode.CHANGED;
import static dev.cairn.replicator.protocol.ProblemCode.DAMAGED;
import static dev.cairn.replicator.protocol.ProblemCode.MALFORMED;
import static dev.cairn.replicator.protocol.ProblemCode.MISSING;
import static dev.cairn.replicator.protocol.ProblemCode.NOT_ALLOWED;
import static dev.cairn.replicator.protocol.ProblemCode.NO_REPOSITORY;
import static dev.cairn.replicator.protocol.ProblemCode.OTHER_REPOSITORY;
import static dev.cairn.replicator.protocol.ProblemCode.TOKEN_EXPIRED;
import static dev.cairn.replicator.protocol.ProblemCode.TOO_LARGE;
import static dev.cairn.replicator.protocol.ProblemCode.VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.ByteString;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.lmdb.MemoryFolder;
import dev.cairn.replicator.protocol.NoteDigest;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import dev.cairn.replicator.protocol.wire.MissingRequest;
import dev.cairn.replicator.protocol.wire.StateRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that means harm, one way a case, with a device that was let in. It gets the answer that the protocol has for it, soon, and
 * stores nothing that others see; an honest push and pull work after each.
 */
class HostileClientTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final RepositoryName OTHERS = new RepositoryName("office", "photos");

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final TestRecords records = new TestRecords(61);
    private final RepositoryId id = TestServer.repositoryId(records);
    private final Map<String, Attack> attacks = new LinkedHashMap<>();

    /** Where the branch is, and how many snapshots were pushed. */
    private ObjectId head = records.id();

    private long sequence = 1;

    /** What one client sees: its own repository, which holds a snapshot, and a snapshot of another tenant. */
    private record Scene(
            TestServer server,
            TestClient client,
            TestClient.Session session,
            List<SealedRecord> own,
            List<SealedRecord> foreign) {

        ObjectId head() {
            return TestRecords.provided(own.get(2));
        }

        ObjectId foreignHead() {
            return TestRecords.provided(foreign.get(2));
        }
    }

    /** Sends something, and gives the answer. */
    @FunctionalInterface
    private interface Sending {
        TestClient.Reply send(Scene scene) throws IOException;
    }

    /** @param expected none where the server may as well do as it is told */
    private record Attack(Sending sending, List<ProblemCode> expected) {}

    private void put(String name, Sending sending, ProblemCode... expected) {
        assertThat(attacks.put(name, new Attack(sending, List.of(expected)))).isNull();
    }

    private void ask(String name, java.util.function.Function<Scene, Request> request, ProblemCode... expected) {
        put(name, scene -> scene.session().reply(request.apply(scene)), expected);
    }

    private void raw(String name, Route route, byte[] body, ProblemCode... expected) {
        put(name, scene -> scene.session().raw(route, body), expected);
    }

    private void record(String name, byte[] bytes, ProblemCode... expected) {
        ask(
                name,
                scene -> new Request.Batch(
                        TestServer.PUSH, 0, List.of(new Request.Upload(bytes, TestServer.sha256(bytes)))),
                expected);
    }

    @TestFactory
    Stream<DynamicTest> server_underAttack_answersAndGoesOn() throws IOException {
        numbers();
        headersOfRecords();
        objects();
        batches();
        moves();
        questions();
        messages();
        strangers();
        TestServer server = new TestServer(folder);
        TestClient client = server.client();
        TestClient.Session session = server.made(client, id);
        List<SealedRecord> own = records.tree(head, 1, 1000);
        session.ask(TestServer.batch(own));
        session.ask(TestServer.move(records.operation(), head));
        Tenants.open(server.dataFolder()).add(OTHERS.tenant());
        TestClient.Session theirs = client.session(server.device(client, Scope.ALL, Role.ADMIN), OTHERS);
        theirs.ask(TestServer.create(TestServer.repositoryId(records)));
        List<SealedRecord> foreign = records.tree(records.id(), 1, 1000);
        theirs.ask(TestServer.batch(foreign));
        Scene scene = new Scene(server, client, session, own, foreign);
        return attacks.entrySet().stream()
                .map(attack -> dynamicTest(attack.getKey(), () -> run(scene, attack.getValue())))
                .onClose(() -> {
                    client.close();
                    server.close();
                });
    }

    private void run(Scene scene, Attack attack) throws IOException {
        long from = System.nanoTime();
        TestClient.Reply reply = attack.sending().send(scene);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(SOON);
        if (attack.expected().isEmpty()) {
            assertThat(reply.status()).isEqualTo(200);
        } else {
            assertThat(reply.problem().code()).as(reply.problem().message()).isIn(attack.expected());
            assertThat(reply.problem().message()).isNotEmpty();
        }
        assertServes(scene);
    }

    /** An honest push onto what was pushed last, and a pull. */
    private void assertServes(Scene scene) {
        TestClient.Session session = scene.session();
        ObjectId before = head;
        head = records.id();
        SealedRecord run = records.run(500);
        ProvidedObject page = new ProvidedObject(records.id(), List.of(), List.of(TestRecords.provided(run)));
        Request.Batch batch = TestServer.batch(
                run, records.pages(page), records.snapshot(head, ++sequence, List.of(before), page.id()));
        Request.Move move = TestServer.move(records.operation(), before, head);
        Response.BatchStored stored = (Response.BatchStored)
                session.ask(new Request.Batch(TestServer.PUSH, sequence, batch.records(), false, null, move));
        assertThat(stored.outcome()).isInstanceOf(BranchMove.Outcome.Moved.class);
        List<Response> fetched = session.stream(new Request.Fetch(List.of(TestRecords.provided(run))));
        assertThat(((Response.FetchedRecord) fetched.getFirst()).record()).isEqualTo(run.bytes());
        List<Branch> branches = ((Response.RepositoryInfo) session.ask(new Request.Describe())).branches();
        assertThat(branches).extracting(Branch::name).containsExactly("main");
        assertThat(branches.getFirst().snapshot()).isEqualTo(head);
    }

    private void numbers() throws IOException {
        raw("announces -1 records", Route.BATCH, HostileBytes.batchHeader(-1, 0), TOO_LARGE);
        raw("announces 2^31 - 1 records", Route.BATCH, HostileBytes.batchHeader(Integer.MAX_VALUE, 0), TOO_LARGE);
        raw("announces -1 bytes of records", Route.BATCH, HostileBytes.batchHeader(0, -1), TOO_LARGE);
        raw("announces 2^63 - 1 bytes of records", Route.BATCH, HostileBytes.batchHeader(0, Long.MAX_VALUE), TOO_LARGE);
        raw("announces a record and sends none", Route.BATCH, HostileBytes.batchHeader(1, 100), MALFORMED);
        ask("skips 2^63 - 1 records", scene -> new Request.Diff(List.of(scene.head()), List.of(), Long.MAX_VALUE));
        ask("skips -1 records", scene -> new Request.Diff(List.of(scene.head()), List.of(), -1), MALFORMED);
        ask("expects revision -1", scene -> new Request.Configure(-1, new byte[1]), MALFORMED);
        ask("configures 2 MiB", scene -> new Request.Configure(1, new byte[2 << 20]), TOO_LARGE);
        ask("expects a revision to come", scene -> new Request.Configure(Long.MAX_VALUE, new byte[1]), MALFORMED);
        ask(
                "asks for notes by 3 digests",
                scene -> new Request.Notes(Collections.nCopies(3, new NoteDigest(1, 2))),
                MALFORMED);
        ask(
                "asks for notes by 8192 digests",
                scene -> new Request.Notes(Collections.nCopies(8192, new NoteDigest(1, 2))),
                TOO_LARGE);
        raw(
                "asks for half an id",
                Route.MISSING,
                HostileBytes.frame(MissingRequest.newBuilder()
                        .setIds(ByteString.copyFrom(new byte[48]))
                        .setPush(ByteString.copyFrom(new byte[16]))
                        .build()
                        .toByteArray()),
                MALFORMED);
        raw(
                "pushes under half an id",
                Route.MISSING,
                HostileBytes.frame(MissingRequest.newBuilder()
                        .setPush(ByteString.copyFrom(new byte[8]))
                        .build()
                        .toByteArray()),
                MALFORMED);
    }

    private void headersOfRecords() {
        byte[] run = records.run(100).bytes();
        byte[] page = records.pages(new ProvidedObject(records.id(), List.of(), List.of()))
                .bytes();
        record("sends a record of no bytes", new byte[0], DAMAGED);
        record("sends a record of one byte", new byte[] {1}, DAMAGED);
        record("sends a record of 5 MiB of zeros", new byte[5 << 20], DAMAGED);
        record("sends a record of a format to come", HostileBytes.changed(run, 0, 99), VERSION);
        record("sends a record of a kind to come", HostileBytes.changed(run, 2, 99), DAMAGED, VERSION);
        record("sends a record with flags", HostileBytes.changed(run, 3, 255), VERSION);
        record("sends a record of 0 objects", HostileBytes.changed(run, 8, 0, 0, 0, 0), DAMAGED);
        record("sends a record of -1 objects", HostileBytes.changed(run, 8, 255, 255, 255, 255), DAMAGED);
        record("sends a record of 2^31 - 1 objects", HostileBytes.changed(run, 8, 127, 255, 255, 255), DAMAGED);
        record("sends a record of more objects than bytes", HostileBytes.changed(run, 8, 0, 0, 255, 255), DAMAGED);
        record("sends a page of -1 children", HostileBytes.changed(page, 44, 255, 255, 255, 255), DAMAGED);
        record("sends a page of more children than bytes", HostileBytes.changed(page, 44, 0, 0, 127, 255), DAMAGED);
        record(
                "sends a header with nothing behind it",
                records.run(0, records.id()).bytes(),
                DAMAGED);
        record(
                "sends a nonce and a tag with nothing between",
                records.run(40, records.id()).bytes(),
                DAMAGED);
        ObjectId twice = records.id();
        byte[] two = records.run(100, twice, records.id()).bytes();
        System.arraycopy(two, 12, two, 44, ObjectId.BYTES);
        record("sends a record that provides an object twice", two, DAMAGED);
        ByteBuffer delta =
                ByteBuffer.allocate(200).put(records.run(1, records.id()).bytes(), 0, 44);
        delta.put(2, records.delta(List.of(twice), records.id()).bytes()[2]);
        record(
                "sends a delta of 2^31 - 1 pages",
                delta.duplicate().putInt(Integer.MAX_VALUE).array().clone(),
                DAMAGED);
        record(
                "sends a delta of -1 bases",
                delta.duplicate().putInt(0).putInt(-1).array().clone(),
                DAMAGED);
    }

    private void objects() {
        ObjectId page = records.id();
        ObjectId other = records.id();
        ask(
                "sends a page that is its own child",
                scene -> TestServer.batch(records.pages(new ProvidedObject(page, List.of(page), List.of()))),
                MISSING);
        ask(
                "sends two pages that are each other's child",
                scene -> TestServer.batch(
                        records.pages(new ProvidedObject(page, List.of(other), List.of())),
                        records.pages(new ProvidedObject(other, List.of(page), List.of()))),
                MISSING);
        ask(
                "sends two pages in a loop in one record",
                scene -> TestServer.batch(records.pages(
                        new ProvidedObject(page, List.of(other), List.of()),
                        new ProvidedObject(other, List.of(page), List.of()))),
                MISSING);
        ask(
                "sends a delta of itself",
                scene -> TestServer.batch(records.delta(List.of(other), other)),
                MISSING,
                DAMAGED);
        ask(
                "sends a snapshot that is its own root",
                scene -> TestServer.batch(records.snapshot(page, 1, List.of(), page)),
                MISSING);
        ask(
                "sends a page of another tenant's chunks",
                scene -> TestServer.batch(records.pages(new ProvidedObject(
                        page,
                        List.of(),
                        List.of(TestRecords.provided(scene.foreign().get(0)))))),
                MISSING);
        ask(
                "sends a delta of another tenant's chunk",
                scene -> TestServer.batch(records.delta(
                        List.of(TestRecords.provided(scene.foreign().get(0))), other)),
                MISSING);
    }

    private void batches() {
        ask("sends a batch a second time", scene -> TestServer.batch(scene.own()));
        ask("sends a batch with a number from long ago", scene -> {
            Request.Batch batch = TestServer.batch(records.run(41));
            return new Request.Batch(batch.push(), Long.MIN_VALUE, batch.records());
        });
        ask("sends the same record 100 times", scene -> TestServer.batch(Collections.nCopies(100, records.run(41))));
        ask("claims to replace what others stored", scene -> {
            Request.Batch batch = TestServer.batch(
                    records.run(41, TestRecords.provided(scene.own().get(0))));
            return new Request.Batch(batch.push(), 1, batch.records(), true, null, null);
        });
        ask(
                "sends a batch for another repository",
                scene -> {
                    Request.Precondition wrong = new Request.Precondition(TestServer.repositoryId(records), 0);
                    return new Request.Batch(TestServer.PUSH, 0, List.of(), false, wrong, null);
                },
                OTHER_REPOSITORY,
                CHANGED);
        ask(
                "makes the repository again as another",
                scene -> TestServer.create(TestServer.repositoryId(records)),
                OTHER_REPOSITORY);
    }

    private Request.Move move(String branch, ObjectId target, List<ObjectId> retained, List<RetainedSnapshot> bridges) {
        return new Request.Move(
                new BranchMove(branch, null, target, retained, records.operation()), TestServer.PUSH, bridges);
    }

    private void moves() {
        ask(
                "moves a branch to another tenant's snapshot",
                scene -> move("evil", scene.foreignHead(), List.of(), List.of()),
                MISSING);
        ask(
                "moves a branch to a chunk",
                scene -> move("evil", TestRecords.provided(scene.own().get(0)), List.of(), List.of()),
                MISSING,
                MALFORMED);
        ask(
                "retains another tenant's snapshot",
                scene -> move("main", scene.head(), List.of(scene.foreignHead()), List.of()),
                MISSING);
        ask(
                "moves a branch from a stale head",
                scene -> new Request.Move(
                        new BranchMove("main", records.id(), scene.head(), List.of(), records.operation()),
                        TestServer.PUSH));
        ask("moves a branch by bridges in a loop", scene -> {
            ObjectId a = records.id();
            ObjectId b = records.id();
            return move(
                    "main",
                    scene.head(),
                    List.of(),
                    List.of(
                            new RetainedSnapshot(a, 5, List.of(b), List.of()),
                            new RetainedSnapshot(b, 5, List.of(a), List.of())));
        });
        for (String name : List.of("", "a\nb", "../../etc/passwd\0", "n".repeat(5000))) {
            put(
                    "moves a branch of the name "
                            + (name.length() > 30 ? "of 5000 letters" : name.replaceAll("\\W", "_") + "..."),
                    scene -> scene.session().raw(Route.MOVE, HostileBytes.moveOf(name, scene.head())),
                    MALFORMED);
        }
    }

    private void questions() throws IOException {
        ask(
                "asks for another tenant's snapshot",
                scene -> new Request.Diff(List.of(scene.foreignHead()), List.of(), 0),
                MISSING);
        ask(
                "fetches another tenant's chunk",
                scene -> new Request.Fetch(
                        List.of(TestRecords.provided(scene.foreign().get(0)))),
                MISSING);
        ask(
                "fetches one chunk 16384 times",
                scene -> new Request.Fetch(Collections.nCopies(
                        16_384, TestRecords.provided(scene.own().get(0)))));
        ask(
                "has 16384 snapshots that nobody knows",
                scene -> new Request.Diff(List.of(scene.head()), records.ids(16_384), 0));
        raw(
                "asks about branches whose names have no end",
                Route.STATE,
                HostileBytes.frame(StateRequest.newBuilder()
                        .setRepository(ByteString.copyFrom(new byte[32]))
                        .setBranches("a".repeat(1000))
                        .build()
                        .toByteArray()),
                MALFORMED);
        ask("keeps notes that are none", scene -> new Request.Annotate(List.of(new byte[300])), DAMAGED, MALFORMED);
        raw(
                "keeps 500,000 notes of no bytes",
                Route.ANNOTATE,
                HostileBytes.frame(HostileBytes.many(1, 1 << 20)),
                TOO_LARGE);
    }

    /** Messages that are more than they look. */
    private void messages() throws IOException {
        raw(
                "names 500,000 bridges of no bytes",
                Route.MOVE,
                HostileBytes.frame(HostileBytes.many(7, 1 << 20)),
                TOO_LARGE);
        byte[] unknown = HostileBytes.unknownFields(1 << 20);
        for (Route route :
                List.of(Route.CREATE, Route.MISSING, Route.BATCH, Route.MOVE, Route.DIFF, Route.FETCH, Route.NOTES)) {
            raw(
                    "opens a million groups on " + route.segment(),
                    route,
                    HostileBytes.frame(HostileBytes.groups(1 << 20)),
                    MALFORMED);
            ProblemCode[] expected =
                    route == Route.DIFF || route == Route.FETCH ? new ProblemCode[0] : new ProblemCode[] {MALFORMED};
            raw("sends 260,000 unknown fields on " + route.segment(), route, HostileBytes.frame(unknown), expected);
        }
        byte[] bomb = HostileBytes.gzipOfZeros(64 << 20);
        put(
                "sends 64 MiB in 64 KiB of gzip",
                scene -> {
                    Map<String, String> headers = new HashMap<>(scene.session().headers());
                    headers.put("content-encoding", "gzip");
                    return scene.client().send("POST", Route.FETCH.path(TestServer.NAME), headers, bomb);
                },
                MALFORMED,
                TOO_LARGE);
    }

    private TestClient.Reply info(Scene scene, RepositoryName name, String authorization) {
        Map<String, String> headers = new HashMap<>(scene.session().headers());
        headers.put("authorization", authorization);
        return scene.client().send("GET", Route.INFO.path(name), headers, new byte[0]);
    }

    private void strangers() {
        List<String> secrets = new ArrayList<>(List.of(
                "",
                "Bearer",
                "Bearer ",
                "bearer " + "A".repeat(43),
                "Bearer " + "A".repeat(43),
                "Bearer " + "A".repeat(4000),
                "Bearer \u00e4\u00f6",
                "Basic YTpi",
                "Cairn " + "A".repeat(200)));
        for (int i = 0; i < secrets.size(); i++) {
            String secret = secrets.get(i);
            put(
                    "comes with secret " + i + " that is none",
                    scene -> info(scene, TestServer.NAME, secret),
                    TOKEN_EXPIRED);
        }
        put(
                "uses its session for another tenant",
                scene -> info(
                        scene,
                        OTHERS,
                        Objects.requireNonNull(scene.session().headers().get("authorization"))),
                NOT_ALLOWED);
        put(
                "asks for a path with dots",
                scene -> scene.client()
                        .send(
                                "GET",
                                "/v1/office/../default/photos/info",
                                scene.session().headers(),
                                new byte[0]),
                NO_REPOSITORY);
        put(
                "asks for a path of 3000 letters",
                scene -> scene.client()
                        .send("GET", "/v1/" + "a".repeat(3000), scene.session().headers(), new byte[0]),
                NO_REPOSITORY);
    }
}
