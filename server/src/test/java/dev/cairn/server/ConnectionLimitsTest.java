package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not HTTP/2 in the way that the document says, and more connections and requests than there is room for. */
class ConnectionLimitsTest {

    private static final String REQUEST = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static final ServerLimits IMPATIENT =
            new TestLimits().idle(Duration.ofSeconds(1)).limits();

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(7);
    private final RepositoryId id = TestServer.repositoryId(records);

    private TestServer secure(ServerLimits limits) {
        ServerConfiguration configuration = TestServer.configuration(folder)
                .withTransport(new ServerConfiguration.Transport.SelfMadeCertificate())
                .withLimits(limits);
        return new TestServer(configuration, StoreOpener.LMDB, ProtocolVersions.OWN);
    }

    @Test
    void connection_http1InClear_isClosedWithoutAnAnswer() throws IOException {
        try (TestServer server = new TestServer(folder)) {
            List<String> said = List.of(
                    REQUEST,
                    "GET /health HTTP/1.0\r\n\r\n",
                    "POST /hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n",
                    "nonsense\r\n\r\n");
            for (String text : said) {
                try (RawConnection connection = RawConnection.clear(server.server())) {
                    connection.send(text);
                    assertThat(connection.receiveAll()).as(text).isEmpty();
                }
            }
        }
    }

    @Test
    void connection_secureWithoutH2_isRefused() throws Exception {
        try (TestServer server = secure(ServerLimits.DEFAULT)) {
            assertThatThrownBy(() -> RawConnection.secure(server.server(), "TLSv1.3", "http/1.1"))
                    .isInstanceOf(SSLException.class);
            try (RawConnection connection = RawConnection.secure(server.server(), "TLSv1.3")) {
                connection.send(REQUEST);
                assertThat(connection.receiveAll()).isEmpty();
            }
            try (RawConnection connection = RawConnection.secure(server.server(), "TLSv1.3", "h2")) {
                assertThat(connection.application()).isEqualTo("h2");
            }
        }
    }

    @Test
    void connection_olderTls_isRefused() {
        try (TestServer server = secure(ServerLimits.DEFAULT)) {
            assertThatThrownBy(() -> RawConnection.secure(server.server(), "TLSv1.2", "h2"))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void connection_inClearToASecurePort_isClosed() throws IOException {
        try (TestServer server = secure(ServerLimits.DEFAULT);
                RawConnection connection = RawConnection.clear(server.server())) {
            connection.send(REQUEST);
            assertThat(connection.receiveAll()).doesNotContain("HTTP", "ok");
        }
    }

    @Test
    void connection_inClearWhereNothingHappens_isClosed() throws IOException {
        try (TestServer server = new TestServer(folder, IMPATIENT);
                RawConnection silent = RawConnection.clear(server.server());
                RawConnection half = RawConnection.clear(server.server());
                RawConnection begun = RawConnection.clear(server.server())) {
            half.send("PRI * HT");
            begun.sendPreface();
            assertThat(silent.receiveAll()).isEmpty();
            assertThat(half.receiveAll()).isEmpty();
            assertThat(begun.receiveAll()).as("the server's settings").isNotEmpty();
        }
    }

    @Test
    void connection_secureWhereNothingHappens_isClosed() throws Exception {
        try (TestServer server = secure(IMPATIENT);
                RawConnection silent = RawConnection.secure(server.server(), "TLSv1.3", "h2")) {
            assertThat(silent.receiveAll()).doesNotContain("HTTP");
        }
    }

    @Test
    void connections_tooMany_areClosedAndTheOthersGoOn() {
        try (TestServer server =
                        new TestServer(folder, new TestLimits().connections(2).limits());
                TestClient first = server.client()) {
            TestClient.Session session = server.made(first, id);
            try (TestClient second = server.client();
                    TestClient third = server.client()) {
                assertThat(second.hello().protocol()).isEqualTo(1);
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(third::hello).isInstanceOf(Exception.class);
                }
                assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
                assertThat(second.hello().protocol()).isEqualTo(1);
            }
            try (TestClient fourth = server.client()) {
                Eventually.holds("the place of the second is free", () -> isGreeted(fourth));
            }
        }
    }

    private static boolean isGreeted(TestClient client) {
        return TestClient.join(client.start("GET", "/health", Map.of(), new byte[0])
                .map(reply -> reply.status() == 200)
                .otherwise(false));
    }

    @Test
    void headers_tooLong_areRefusedAndHarmNobody() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client();
                TestClient other = server.client()) {
            TestClient.Session session = server.made(other, id);
            Future<TestClient.Reply> reply =
                    client.start("GET", "/health", Map.of("x-long", "a".repeat(20_000)), new byte[0]);
            assertThat(TestClient.join(reply.map(TestClient.Reply::status).otherwise(0)))
                    .isIn(0, 431);
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
        }
    }

    /** CVE-2023-44487: streams that are begun and given up, faster than they could be served. */
    @Test
    void streams_resetOneAfterAnother_endTheirConnectionOnly() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client();
                TestClient other = server.client()) {
            TestClient.Session session = server.made(other, id);
            AtomicInteger broken = new AtomicInteger();
            for (int i = 0; i < 2000 && broken.get() == 0; i++) {
                Future<HttpClientRequest> opened =
                        client.open("POST", Route.HELLO_PATH, Map.of("content-type", Route.CONTENT_TYPE));
                TestClient.join(opened.compose(request -> {
                            request.connection().closeHandler(v -> broken.incrementAndGet());
                            return request.setChunked(true)
                                    .write(Buffer.buffer("a"))
                                    .compose(v -> request.reset(8L).<Object>mapEmpty());
                        })
                        .mapEmpty()
                        .otherwiseEmpty());
            }
            Eventually.holds("the connection is closed", () -> broken.get() > 0);
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
        }
    }

    /** Whoever finds neither room nor a place in line is told to come back; whoever has a place gets its turn. */
    @Test
    void bodies_moreThanThereIsRoomFor_waitOrAreBusy() {
        TestLimits limits = new TestLimits().batches(20_000, 4);
        long roomForOne = FrameSender.roomBytes(limits.limits().protocol().frameBytes());
        long bodyBytes = limits.limits().protocol().bodyBytes(Route.BATCH);
        assertThat(roomForOne / bodyBytes).as("bodies at once").isEqualTo(3);
        try (TestServer server =
                        new TestServer(folder, limits.bodies(roomForOne, 1).limits());
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            Map<String, String> headers = new HashMap<>(session.headers());
            List<HttpClientRequest> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                HttpClientRequest request =
                        TestClient.join(client.open("POST", Route.BATCH.path(TestServer.NAME), headers));
                TestClient.join(request.setChunked(true).write(Buffer.buffer(new byte[] {5})));
                open.add(request);
            }
            BodyBudget budget = server.server().requests().requestBudget();
            Eventually.holds("three bodies have room", () -> budget.free() == roomForOne - 3 * bodyBytes);
            Future<TestClient.Reply> waiting = unannounced(client, headers);
            Future<TestClient.Reply> refused = unannounced(client, headers);
            TestClient.join(Future.any(problem(waiting), problem(refused)).mapEmpty());
            open.getFirst().reset();
            List<Integer> statuses = List.of(
                    TestClient.join(waiting).status(), TestClient.join(refused).status());
            assertThat(statuses).containsExactlyInAnyOrder(200, ProblemCode.BUSY.status());
            open.forEach(HttpClientRequest::reset);
            Eventually.holds("all room is free", () -> budget.free() == roomForOne);
        }
    }

    private Future<TestClient.Reply> unannounced(TestClient client, Map<String, String> headers) {
        Buffer body = Buffer.buffer(TestClient.body(TestServer.batch(records.run(100))));
        return client.open("POST", Route.BATCH.path(TestServer.NAME), headers).compose(request -> {
            Future<TestClient.Reply> reply = TestClient.reply(request);
            request.setChunked(true).write(body);
            request.end();
            return reply;
        });
    }

    private static Future<Problem> problem(Future<TestClient.Reply> reply) {
        return reply.map(TestClient.Reply::problem);
    }
}
