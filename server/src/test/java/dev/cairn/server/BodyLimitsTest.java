package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.RequestCodec;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.StreamResetException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that are too long, too slow or nonsense: each is refused, stores nothing, and gives its room back. */
class BodyLimitsTest {

    private static final int BATCH_BYTES = 20_000;
    private static final int BATCH_RECORDS = 4;
    private static final TestLimits SMALL = new TestLimits().batches(BATCH_BYTES, BATCH_RECORDS);
    private static final ProtocolLimits PROTOCOL = SMALL.limits().protocol();
    private static final long BODY_BYTES = PROTOCOL.bodyBytes(Route.BATCH);

    /** HTTP/2's code for a stream that is not wanted any more. */
    private static final long CANCEL = 8;

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(6);
    private final RepositoryId id = TestServer.repositoryId(records);
    private final List<AutoCloseable> open = new ArrayList<>();
    private TestServer server;
    private TestClient client;
    private TestClient.Session session;

    @BeforeEach
    void start() {
        start(SMALL.limits());
    }

    private void start(ServerLimits limits) {
        server = new TestServer(folder.resolve("server" + open.size()), limits);
        open.addFirst(server);
        client = server.client();
        open.addFirst(client);
        session = server.made(client, id);
    }

    @AfterEach
    void nothingIsStoredAndAllRoomIsFree() throws Exception {
        try {
            assertThat(server.stats().records()).isZero();
            awaitRoom();
            session.ask(TestServer.batch(records.run(100)));
        } finally {
            for (AutoCloseable part : open) {
                part.close();
            }
        }
    }

    private void awaitRoom() {
        BodyBudget budget = server.server().requests().requestBudget();
        Eventually.holds(
                "all room for bodies is free", () -> budget.free() == ServerLimits.DEFAULT.bodyBytesInFlight());
    }

    private static void assertProblem(TestClient.Reply reply, ProblemCode code, String... words) {
        Problem problem = reply.problem();
        assertThat(problem.code()).as(problem.message()).isEqualTo(code);
        for (String word : words) {
            assertThat(problem.message()).contains(word);
        }
    }

    /** A request of the session whose body the test writes. */
    private HttpClientRequest opened(Route route, String... header) {
        Map<String, String> headers = new HashMap<>(session.headers());
        if (header.length > 0) {
            headers.put(header[0], header[1]);
        }
        return TestClient.join(client.open(route.method(), route.path(TestServer.NAME), headers));
    }

    /** Sends a body without saying how long it is. */
    private TestClient.Reply unannounced(Route route, byte[] body) {
        HttpClientRequest request = opened(route).setChunked(true);
        Future<TestClient.Reply> reply = TestClient.reply(request);
        request.write(Buffer.buffer(body));
        request.end();
        return TestClient.join(reply);
    }

    private static byte[] frame(byte[] content) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int length = content.length;
        for (; length > 127; length >>>= 7) {
            frame.write((length & 127) | 128);
        }
        frame.write(length);
        frame.writeBytes(content);
        return frame.toByteArray();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private byte[] batch(int count, int bytes) {
        List<SealedRecord> runs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            runs.add(records.run(bytes));
        }
        return TestClient.body(TestServer.batch(runs));
    }

    @Test
    void body_announcedLongerThanAllowed_isRefusedBeforeItIsSent() {
        HttpClientRequest request = opened(Route.BATCH, "content-length", String.valueOf(BODY_BYTES + 1));
        Future<TestClient.Reply> reply = TestClient.reply(request);
        TestClient.join(request.sendHead());
        assertProblem(TestClient.join(reply), ProblemCode.TOO_LARGE, (BODY_BYTES + 1) + " bytes", BODY_BYTES + "");
    }

    @Test
    void body_longerThanAllowedUnannounced_isRefused() {
        byte[] body = new byte[(int) BODY_BYTES + 1];
        body[0] = (byte) 0xff;
        body[1] = (byte) 0xff;
        body[2] = 3;
        assertProblem(unannounced(Route.BATCH, body), ProblemCode.TOO_LARGE, "bytes of the body");
    }

    @Test
    void body_longerThanAnnounced_isNotTaken() {
        byte[] body = batch(1, 1000);
        HttpClientRequest request = opened(Route.BATCH, "content-length", String.valueOf(body.length - 100));
        Future<TestClient.Reply> reply = TestClient.reply(request);
        request.write(Buffer.buffer(body));
        request.end();
        assertNotDone(reply);
    }

    @Test
    void body_shorterThanAnnounced_isNotTaken() {
        byte[] body = batch(1, 1000);
        HttpClientRequest request = opened(Route.BATCH, "content-length", String.valueOf(body.length + 100));
        Future<TestClient.Reply> reply = TestClient.reply(request);
        request.write(Buffer.buffer(body));
        request.end();
        assertNotDone(reply);
    }

    @Test
    void body_lengthThatIsNoNumber_isNotTaken() {
        for (String length : List.of("-1", "x", "99999999999999999999", "1e3", "")) {
            HttpClientRequest request = opened(Route.BATCH, "content-length", length);
            Future<TestClient.Reply> reply = TestClient.reply(request);
            request.write(Buffer.buffer(batch(1, 100)));
            request.end();
            assertNotDone(reply);
        }
    }

    /** Refused, or reset by the layer below. */
    private static void assertNotDone(Future<TestClient.Reply> reply) {
        TestClient.Reply answer = TestClient.join(reply.otherwise(new TestClient.Reply(0, new byte[0])));
        assertThat(answer.status()).isIn(0, 400, 413);
    }

    @Test
    void frames_tooMany_areRefused() {
        assertProblem(
                session.raw(Route.BATCH, batch(BATCH_RECORDS + 1, 10)),
                ProblemCode.TOO_LARGE,
                "frames of the body",
                String.valueOf(BATCH_RECORDS + 1));
        assertProblem(session.raw(Route.BATCH, new byte[50_000]), ProblemCode.TOO_LARGE, "frames of the body");
        byte[] one = TestClient.body(new Request.Missing(records.ids(1), TestServer.PUSH));
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertProblem(session.raw(Route.MISSING, two), ProblemCode.TOO_LARGE, "frames of the body");
    }

    @Test
    void frame_tooLong_isRefusedByItsPrefix() {
        assertThat(PROTOCOL.frameBytes()).isEqualTo(65_536);
        // 65,537 as a varint.
        assertProblem(session.raw(Route.BATCH, bytes("81 80 04")), ProblemCode.TOO_LARGE, "bytes of a frame", "65537");
        assertProblem(session.raw(Route.FETCH, bytes("ff ff ff ff 0f")), ProblemCode.TOO_LARGE, "bytes of a frame");
        assertProblem(session.raw(Route.FETCH, bytes("ff ff ff ff ff 01")), ProblemCode.MALFORMED, "more than 5 bytes");
    }

    @Test
    void frame_notOfItsKind_isMalformed() {
        for (Route route : Route.values()) {
            if (route.method().equals("GET")) {
                continue;
            }
            assertProblem(session.raw(route, frame(bytes("ff ff ff"))), ProblemCode.MALFORMED);
            assertProblem(session.raw(route, new byte[0]), ProblemCode.MALFORMED);
        }
    }

    @Test
    void frame_ofNoBytes_isMalformedWhereSomethingIsNeeded() {
        for (Route route : List.of(Route.CREATE, Route.CONFIGURATION, Route.MISSING, Route.BATCH, Route.MOVE)) {
            assertProblem(session.raw(route, new byte[1]), ProblemCode.MALFORMED);
        }
        assertThat(session.raw(Route.FETCH, new byte[1]).frames())
                .as("nothing asked for: the end of the stream at once")
                .hasSize(1);
        assertThat(session.raw(Route.DIFF, new byte[1]).frames()).hasSize(1);
    }

    @Test
    void batch_frameOfNoBytesAmongRecords_isMalformed() {
        byte[] whole = batch(2, 100);
        byte[] header = Arrays.copyOf(whole, 1 + whole[0]);
        byte[] record = frame(new byte[0]);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(header);
        body.writeBytes(record);
        body.writeBytes(record);
        assertProblem(session.raw(Route.BATCH, body.toByteArray()), ProblemCode.MALFORMED, "other than a record");
    }

    @Test
    void batch_otherThanItAnnounces_isMalformed() {
        List<byte[]> two =
                new RequestCodec(ProtocolLimits.DEFAULT).encode(TestServer.batch(records.run(100), records.run(100)));
        List<byte[]> other =
                new RequestCodec(ProtocolLimits.DEFAULT).encode(TestServer.batch(records.run(100), records.run(99)));
        assertProblem(session.raw(Route.BATCH, joined(two.get(0), two.get(1))), ProblemCode.MALFORMED, "1 records");
        assertProblem(session.raw(Route.BATCH, joined(two.get(1), two.get(2))), ProblemCode.MALFORMED, "header");
        assertProblem(
                session.raw(Route.BATCH, joined(two.get(0), two.get(1), other.get(2))),
                ProblemCode.MALFORMED,
                "announces");
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void batch_moreRecordBytesThanAllowed_isRefused() {
        assertProblem(session.raw(Route.BATCH, batch(3, 8000)), ProblemCode.TOO_LARGE, "bytes of a batch");
    }

    @Test
    void batch_recordThatIsNotWhatItsDigestSays_isDamaged() {
        SealedRecord run = records.run(100);
        byte[] changed = run.bytes().clone();
        changed[changed.length - 1] ^= 1;
        Request.Upload upload = new Request.Upload(changed, TestServer.sha256(run.bytes()));
        Problem problem = session.reply(new Request.Batch(TestServer.PUSH, 0, List.of(upload)))
                .problem();
        assertThat(problem.code()).isEqualTo(ProblemCode.DAMAGED);
        assertThat(problem.message()).contains("digest");
        byte[] later = run.bytes().clone();
        later[0] = RecordHeader.FORMAT + 1;
        Map<byte[], ProblemCode> wrong = Map.of(
                new byte[0],
                ProblemCode.DAMAGED,
                new byte[200],
                ProblemCode.DAMAGED,
                Arrays.copyOf(run.bytes(), 20),
                ProblemCode.DAMAGED,
                later,
                ProblemCode.VERSION);
        wrong.forEach((bytes, code) -> {
            Request.Upload sealed = new Request.Upload(bytes, TestServer.sha256(bytes));
            assertProblem(session.reply(new Request.Batch(TestServer.PUSH, 7, List.of(sealed))), code, "batch 7");
        });
    }

    @Test
    void ids_tooMany_areRefused() {
        List<ObjectId> many = records.ids(PROTOCOL.ids() + 1);
        assertProblem(session.reply(new Request.Missing(many, TestServer.PUSH)), ProblemCode.TOO_LARGE, "ids");
        assertProblem(session.reply(new Request.Fetch(many)), ProblemCode.TOO_LARGE, "ids");
        assertProblem(session.reply(new Request.Diff(many, List.of(), 0)), ProblemCode.TOO_LARGE, "snapshots");
    }

    @Test
    void body_thatEndsWithinAFrame_isMalformed() {
        byte[] whole = batch(2, 200);
        for (int length : new int[] {1, 20, whole.length - 100, whole.length - 1}) {
            assertProblem(session.raw(Route.BATCH, Arrays.copyOf(whole, length)), ProblemCode.MALFORMED);
        }
        assertProblem(session.raw(Route.FETCH, bytes("80")), ProblemCode.MALFORMED, "within a frame");
        assertProblem(session.raw(Route.FETCH, bytes("22 0a")), ProblemCode.MALFORMED, "within a frame");
    }

    @Test
    void body_whereNoneBelongs_isRefused() {
        assertProblem(session.raw(Route.INFO, new byte[1]), ProblemCode.TOO_LARGE);
        assertProblem(unannounced(Route.SNAPSHOTS, new byte[1]), ProblemCode.TOO_LARGE);
    }

    @Test
    void body_ofAnotherType_isMalformed() {
        for (String type : List.of("", "application/octet-stream", "application/x-cairn; charset=utf-8")) {
            Map<String, String> headers = new HashMap<>(session.headers());
            headers.put("content-type", type);
            assertProblem(
                    client.send("POST", Route.BATCH.path(TestServer.NAME), headers, batch(1, 10)),
                    ProblemCode.MALFORMED,
                    Route.CONTENT_TYPE);
        }
    }

    @Test
    void greeting_tooLongOrNonsense_isRefused() {
        Map<String, String> headers = Map.of("content-type", Route.CONTENT_TYPE);
        int most = ProtocolLimits.GREETING_FRAME_BYTES_MAX;
        for (String path : List.of(Route.HELLO_PATH, Route.ENROL_PATH, Route.SESSION_PATH)) {
            assertProblem(client.send("POST", path, headers, new byte[most + 6]), ProblemCode.TOO_LARGE);
            assertProblem(client.send("POST", path, headers, bytes("81 80 04")), ProblemCode.TOO_LARGE);
            assertProblem(client.send("POST", path, headers, new byte[2]), ProblemCode.TOO_LARGE, "frames");
            assertProblem(client.send("POST", path, headers, new byte[1]), ProblemCode.MALFORMED);
            assertProblem(client.send("POST", path, headers, new byte[0]), ProblemCode.MALFORMED);
            assertProblem(client.send("POST", path, headers, bytes("05 08")), ProblemCode.MALFORMED);
            assertProblem(client.send("POST", path, headers, frame(bytes("ff ff ff"))), ProblemCode.MALFORMED);
            assertProblem(client.send("POST", path, headers, frame(new byte[most])), ProblemCode.MALFORMED);
            assertProblem(client.send("POST", path, Map.of(), new byte[1]), ProblemCode.MALFORMED);
        }
    }

    @Test
    void body_thatStandsStill_isReset() {
        start(SMALL.pace(Duration.ofMillis(400), 0).limits());
        HttpClientRequest request = opened(Route.BATCH).setChunked(true);
        Future<TestClient.Reply> reply = TestClient.reply(request);
        request.write(Buffer.buffer(Arrays.copyOf(batch(1, 1000), 500)));
        assertThatThrownBy(() -> TestClient.join(reply))
                .isInstanceOfSatisfying(
                        StreamResetException.class,
                        reset -> assertThat(reset.getCode()).isEqualTo(CANCEL));
        assertThat(session.reply(new Request.Describe()).status())
                .as("the connection lives on")
                .isEqualTo(200);
    }

    /** A byte now and then never stands still for long, and is too slow all the same. */
    @Test
    void body_thatTrickles_isReset() {
        start(SMALL.pace(Duration.ofMillis(400), 10_000).limits());
        HttpClientRequest request = opened(Route.BATCH).setChunked(true);
        Future<TestClient.Reply> reply = TestClient.reply(request);
        byte[] body = batch(1, 10_000);
        request.write(Buffer.buffer(Arrays.copyOf(body, 100)));
        int sent = 100;
        while (!reply.isComplete() && sent < body.length) {
            int at = sent++;
            TestClient.join(request.write(Buffer.buffer(new byte[] {body[at]})).otherwiseEmpty());
            client.pause(Duration.ofMillis(20));
        }
        assertThatThrownBy(() -> TestClient.join(reply)).isInstanceOf(StreamResetException.class);
        assertThat(sent).isLessThan(body.length);
    }

    @Test
    void body_givenUpByTheClient_givesItsRoomBack() {
        List<HttpClientRequest> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            HttpClientRequest request = opened(Route.BATCH).setChunked(true);
            TestClient.join(request.write(Buffer.buffer(Arrays.copyOf(batch(1, 1000), 500))));
            requests.add(request);
        }
        BodyBudget budget = server.server().requests().requestBudget();
        Eventually.holds(
                "five bodies have room",
                () -> budget.free() == ServerLimits.DEFAULT.bodyBytesInFlight() - 5 * BODY_BYTES);
        requests.subList(0, 4).forEach(HttpClientRequest::reset);
        Eventually.holds(
                "one body has room", () -> budget.free() == ServerLimits.DEFAULT.bodyBytesInFlight() - BODY_BYTES);
        requests.getLast().connection().close();
        awaitRoom();
    }
}
