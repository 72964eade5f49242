package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Where requests go, and names and versions that lead nowhere. */
@Isolated("hears what servers of this process log")
class RoutesTest {

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(8);
    private final RepositoryId id = TestServer.repositoryId(records);

    private static Set<Path> files(Path tree) throws IOException {
        try (var all = Files.walk(tree)) {
            return new TreeSet<>(all.toList());
        }
    }

    @Test
    void path_thatIsNoRepositorys_leadsNowhere() throws IOException {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            Set<Path> before = files(folder);
            List<String> paths = List.of(
                    "/",
                    "//",
                    "/v1",
                    "/v1/",
                    "/v1/default/photos",
                    "/v1/default/photos/",
                    "/v1/default/photos/info/",
                    "/v1/default/photos/info/more",
                    "/v1/default/photos//info",
                    "/v1//photos/info",
                    "/v1/default//info",
                    "//v1/default/photos/info",
                    "/v2/default/photos/info",
                    "/V1/default/photos/info",
                    "/v1/Default/photos/info",
                    "/v1/default/Photos/info",
                    "/v1/default/photos/INFO",
                    "/v1/../photos/info",
                    "/v1/default/../info",
                    "/v1/default/../default/photos/info",
                    "/v1/default/./photos/info",
                    "/v1/./default/photos/info",
                    "/v1/default/%2e%2e/info",
                    "/v1/%2e%2e/photos/info",
                    "/v1/default/%2E%2E%2Fphotos/info",
                    "/v1/default/ph%6ftos/info",
                    "/v1/default/photos%2finfo/info",
                    "/v1/default/photos/inf%6f",
                    "/v1/default/photos%00/info",
                    "/v1/default/.photos/info",
                    "/v1/default/-photos/info",
                    "/v1/default/pho tos/info",
                    "/v1/default/photos\\..\\/info",
                    "/v1/default/ph\u00f6tos/info",
                    "/v1/default/" + "a".repeat(65) + "/info",
                    "/v1/" + "a".repeat(65) + "/photos/info",
                    "/" + "a".repeat(5000),
                    "/v1/default/photos/" + "x/".repeat(1000),
                    "/metrics",
                    "/Health",
                    "/health/");
            for (String path : paths) {
                for (String method : List.of("GET", "POST")) {
                    TestClient.Reply reply = client.send(method, path, session.headers(), new byte[0]);
                    Problem problem = reply.problem();
                    assertThat(problem.code()).as("%s %s", method, path).isEqualTo(ProblemCode.NO_REPOSITORY);
                    assertThat(problem.message()).contains("https://HOST:PORT/TENANT/REPOSITORY");
                }
            }
            assertThat(files(folder)).isEqualTo(before);
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
        }
    }

    @Test
    void method_otherThanTheRoutes_leadsNowhere() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            for (Route route : Route.values()) {
                for (String method : List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")) {
                    if (!method.equals(route.method())) {
                        assertThat(client.send(method, route.path(TestServer.NAME), session.headers(), new byte[0])
                                        .status())
                                .as("%s %s", method, route)
                                .isEqualTo(404);
                    }
                }
            }
            for (String path : List.of(Route.HELLO_PATH, Route.ENROL_PATH, Route.SESSION_PATH)) {
                assertThat(client.send("GET", path, Map.of(), new byte[0]).status())
                        .as(path)
                        .isEqualTo(404);
            }
            assertThat(client.send("POST", "/health", Map.of(), new byte[0]).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void names_ofTheLongestKind_areServed() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            RepositoryName longest = new RepositoryName("t".repeat(64), "0._-" + "r".repeat(60));
            Tenants.open(server.dataFolder()).add(longest.tenant());
            DeviceKey key = server.device(client, Scope.ALL, Role.ADMIN);
            TestClient.Session session = client.session(key, longest);
            session.ask(TestServer.create(id));
            assertThat(((Response.RepositoryInfo) session.ask(new Request.Describe())).repository())
                    .isEqualTo(id);
        }
    }

    @Test
    void hello_withoutASharedVersion_isToldWhoHasToUpgrade() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Reply reply = client.helloReply(new ProtocolVersions(2, 2));
            assertThat(reply.status()).isEqualTo(426);
            Problem problem = reply.problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.VERSION);
            assertThat(problem.server()).isEqualTo(ProtocolVersions.OWN);
            assertThat(problem.message()).contains("client speaks version 2", "server version 1");
            assertThat(problem.hint()).isEqualTo("Upgrade Cairn on the server.");
        }
        ServerConfiguration configuration = TestServer.configuration(folder.resolve("later"));
        try (TestServer server = new TestServer(configuration, StoreOpener.LMDB, new ProtocolVersions(2, 3));
                TestClient client = server.client()) {
            Problem problem = client.helloReply(ProtocolVersions.OWN).problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.VERSION);
            assertThat(problem.server()).isEqualTo(new ProtocolVersions(2, 3));
            assertThat(problem.message()).contains("client speaks version 1", "server versions 2 to 3");
            assertThat(problem.hint()).isEqualTo("Upgrade Cairn on the client.");
        }
    }

    @Test
    void hello_withSharedVersions_takesTheHighest() {
        ServerConfiguration configuration = TestServer.configuration(folder);
        try (TestServer server = new TestServer(configuration, StoreOpener.LMDB, new ProtocolVersions(1, 3));
                TestClient client = server.client()) {
            assertThat(protocol(client, new ProtocolVersions(1, 1))).isEqualTo(1);
            assertThat(protocol(client, new ProtocolVersions(1, 2))).isEqualTo(2);
            assertThat(protocol(client, new ProtocolVersions(2, 9))).isEqualTo(3);
            assertThat(protocol(client, new ProtocolVersions(3, 3))).isEqualTo(3);
        }
    }

    private static int protocol(TestClient client, ProtocolVersions versions) {
        Greeting.HelloAnswer answer = GreetingCodec.decodeHelloAnswer(
                client.helloReply(versions).orThrow().frame());
        assertThat(answer.versions()).isEqualTo(new ProtocolVersions(1, 3));
        return answer.protocol();
    }

    @Test
    void create_inAnUnknownTenant_saysHowToAddIt() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            RepositoryName nowhere = new RepositoryName("office", "photos");
            DeviceKey key = server.device(client, Scope.ALL, Role.ADMIN);
            TestClient.Session session = client.session(key, nowhere);
            assertThat(session.reply(new Request.Describe()).problem().code()).isEqualTo(ProblemCode.NO_REPOSITORY);
            Problem problem = session.reply(TestServer.create(id)).problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.NO_REPOSITORY);
            assertThat(problem.message()).contains("'office'");
            assertThat(problem.hint()).contains("cairn tenant add");
            assertThat(server.dataFolder().resolve("tenants/office")).doesNotExist();
            Tenants.open(server.dataFolder()).add("office");
            assertThat(session.reply(TestServer.create(id)).status()).isEqualTo(200);
        }
    }

    @Test
    void create_nameOfAnotherRepository_isRefusedAndNothingChanges() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            RepositoryId other = TestServer.repositoryId(records);
            Problem problem =
                    session.reply(new Request.Create(other, new byte[] {9})).problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.OTHER_REPOSITORY);
            assertThat(problem.message()).contains(id.toString());
            Response.RepositoryInfo again =
                    (Response.RepositoryInfo) session.ask(new Request.Create(id, new byte[] {9}));
            assertThat(again.repository()).isEqualTo(id);
            assertThat(again.configuration().bytes()).as("the first one").containsExactly(1, 2, 3);
        }
    }

    @Test
    void create_moreRepositoriesThanATenantMayHave_isFull() {
        try (TestServer server = new TestServer(
                        folder, new TestLimits().repositoriesPerTenant(2).limits());
                TestClient client = server.client()) {
            Tenants.open(server.dataFolder()).add("office");
            DeviceKey key = server.device(client, Scope.ALL, Role.APPEND);
            for (String name : List.of("a", "b")) {
                client.session(key, new RepositoryName("default", name)).ask(TestServer.create(id));
            }
            try (ServerLog log = new ServerLog()) {
                Problem problem = client.session(key, new RepositoryName("default", "c"))
                        .reply(TestServer.create(id))
                        .problem();
                assertThat(problem.code()).isEqualTo(ProblemCode.FULL);
                assertThat(problem.message()).contains("2 repositories");
                assertThat(log.warnings())
                        .as("a limit that is reached is no fault of the server")
                        .isEmpty();
            }
            assertThat(Tenants.open(server.dataFolder()).repositories("default"))
                    .containsExactly("a", "b");
            client.session(key, new RepositoryName("default", "a")).ask(TestServer.create(id));
            client.session(key, new RepositoryName("office", "c")).ask(TestServer.create(id));
        }
    }

    @Test
    void create_byManyAtOnce_makesOne() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.session(client, Role.APPEND);
            List<Future<TestClient.Reply>> replies = IntStream.range(0, 8)
                    .mapToObj(i -> session.start(TestServer.create(id)))
                    .toList();
            assertThat(replies.stream().map(reply -> TestClient.join(reply).status()))
                    .containsOnly(200);
            assertThat(Tenants.open(server.dataFolder()).repositories("default"))
                    .containsExactly("photos");
            Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
            assertThat(info.configuration().revision()).isEqualTo(1);
        }
    }
}
