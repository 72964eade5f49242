package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** One repository that is damaged, and another beside it that must not notice. */
@Isolated("hears what servers of this process log")
class DamagedRepositoryTest {

    private static final RepositoryName WHOLE = new RepositoryName("default", "letters");

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(9);
    private final RepositoryId id = TestServer.repositoryId(records);
    private final RepositoryId otherId = TestServer.repositoryId(records);
    private final ObjectId snapshot = records.id();
    private final List<SealedRecord> tree = records.tree(snapshot, 1, 300_000);
    private final List<SealedRecord> more = List.of(records.run(400_000), records.run(400_000));
    private final ServerLog log = new ServerLog();
    private TestServer server;
    private DeviceKey key;

    @BeforeEach
    void storeInBoth() {
        server = new TestServer(folder);
        try (TestClient client = server.client()) {
            key = server.device(client, Scope.ALL, Role.ADMIN);
            for (RepositoryName name : List.of(TestServer.NAME, WHOLE)) {
                TestClient.Session session = client.session(key, name);
                session.ask(TestServer.create(name.equals(WHOLE) ? otherId : id));
                session.ask(TestServer.batch(tree));
                session.ask(TestServer.batch(more));
                session.ask(TestServer.move(records.operation(), snapshot));
            }
        }
        server.server().close();
    }

    @AfterEach
    void stop() {
        server.close();
        log.close();
    }

    private Path file(String name) {
        return server.dataFolder().resolve("tenants/default/photos").resolve(name);
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    /** The other repository can be read and written, and its neighbour's damage is nobody's business there. */
    private void assertOtherIsServed(TestClient client) {
        TestClient.Session session = client.session(key, WHOLE);
        Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
        assertThat(info.repository()).isEqualTo(otherId);
        assertThat(info.branches().getFirst().snapshot()).isEqualTo(snapshot);
        assertThat(session.stream(new Request.Diff(List.of(snapshot), List.of(), 0)))
                .hasSize(3);
        assertThat(session.stream(new Request.Fetch(List.of(TestRecords.provided(tree.getFirst()))))
                        .getLast())
                .isEqualTo(new Response.End(1));
        Response.BatchStored stored = (Response.BatchStored) session.ask(TestServer.batch(records.run(100)));
        assertThat(stored.recordsStored()).isEqualTo(1);
        assertThat(client.send("GET", "/health", Map.of(), new byte[0]).status())
                .isEqualTo(200);
    }

    private static void assertDamaged(TestClient.Reply reply, String where) {
        assertThat(reply.status()).isEqualTo(500);
        assertDamaged(reply.problem(), where);
    }

    private static void assertDamaged(Problem problem, String where) {
        assertThat(problem.code()).as(problem.message()).isEqualTo(ProblemCode.SERVER_DAMAGED);
        assertThat(problem.message()).contains("damaged", where);
        assertThat(problem.hint()).contains("cairn verify", "on the server's copy");
    }

    @Test
    void requests_indexTruncated_nameItAndTheOtherIsServed() throws IOException {
        Path index = file("index/data.mdb");
        byte[] whole = Files.readAllBytes(index);
        for (long bytes : new long[] {0, 5000, whole.length / 2}) {
            truncate(index, bytes);
            server.restart();
            try (TestClient client = server.client()) {
                TestClient.Session session = client.session(key, TestServer.NAME);
                for (Request request : List.of(
                        new Request.Describe(),
                        new Request.Snapshots(),
                        new Request.Missing(List.of(snapshot), TestServer.PUSH),
                        TestServer.create(id),
                        TestServer.batch(records.run(100)),
                        TestServer.move(records.operation(), snapshot, snapshot),
                        new Request.Fetch(List.of(snapshot)))) {
                    assertDamaged(session.reply(request), "data.mdb");
                }
                assertOtherIsServed(client);
            }
            server.server().close();
            Files.write(index, whole);
        }
        assertThat(log.warnings())
                .hasSize(21)
                .allSatisfy(warning -> assertThat(warning).contains("/v1/default/photos/", "data.mdb"));
        server.restart();
        try (TestClient client = server.client()) {
            assertThat(client.session(key, TestServer.NAME)
                            .reply(new Request.Describe())
                            .status())
                    .as("mended")
                    .isEqualTo(200);
        }
    }

    /**
     * An index too large to be looked at page by page at every opening, with damage far below its roots, of the kind that LMDB
     * believes.
     */
    @Test
    void requests_largeIndexWithDamagedPages_areDamageAndTheServerLives() throws IOException {
        try (LmdbObjectStore store = LmdbObjectStore.open(
                server.dataFolder().resolve("tenants/default/photos"), LmdbObjectStore.Options.DEFAULT)) {
            for (int i = 0; i < 30; i++) {
                store.commit(List.of(records.run(100, records.ids(4_000).toArray(ObjectId[]::new))));
            }
        }
        Path index = file("index/data.mdb");
        byte[] whole = Files.readAllBytes(index);
        assertThat(whole.length)
                .as("larger than what is walked at each opening")
                .isGreaterThan(5 << 20);
        int damaged = 0;
        ByteBuffer pages = ByteBuffer.wrap(whole).order(ByteOrder.nativeOrder());
        for (int page = 2 * 4096; page < whole.length; page += 4096) {
            boolean isLeaf = pages.getLong(page) == page / 4096 && pages.getShort(page + 10) == 2;
            if (isLeaf && page % 3 == 0) {
                // Entries that begin beyond the page.
                for (int entry = 16; entry < 60; entry += 2) {
                    pages.putShort(page + entry, (short) 0xfff0);
                }
                damaged++;
            }
        }
        assertThat(damaged).isGreaterThan(100);
        Files.write(index, whole);
        server.restart();
        try (TestClient client = server.client()) {
            TestClient.Session session = client.session(key, TestServer.NAME);
            assertDamaged(session.reply(new Request.Describe()), "data.mdb");
            assertDamaged(session.reply(new Request.Missing(records.ids(1_000), TestServer.PUSH)), "data.mdb");
            assertOtherIsServed(client);
        }
    }

    @Test
    void requests_indexGone_areDamageAndNotANewRepository() throws IOException {
        Files.delete(file("index/data.mdb"));
        server.restart();
        try (TestClient client = server.client()) {
            TestClient.Session session = client.session(key, TestServer.NAME);
            assertDamaged(session.reply(TestServer.create(id)), "index");
            assertDamaged(session.reply(new Request.Describe()), "index");
            assertOtherIsServed(client);
        }
        assertThat(file("index/data.mdb")).doesNotExist();
    }

    @Test
    void requests_volumeTruncated_failWhereTheyNeedItAndTheOtherIsServed() throws IOException {
        Path volume = file("volumes/000001.mdb");
        truncate(volume, Files.size(volume) / 2);
        server.restart();
        try (TestClient client = server.client()) {
            TestClient.Session session = client.session(key, TestServer.NAME);
            Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
            assertThat(info.branches().getFirst().snapshot()).isEqualTo(snapshot);
            assertThat(session.stream(new Request.Snapshots())).hasSize(2);
            assertDamaged(session.reply(new Request.Fetch(List.of(TestRecords.provided(tree.getFirst())))), "damaged");
            assertDamaged(session.reply(new Request.Diff(List.of(snapshot), List.of(), 0)), "000001.mdb");
            assertDamaged(session.reply(TestServer.move(records.operation(), snapshot, snapshot)), "000001.mdb");
            assertOtherIsServed(client);
        }
    }

    /** It is the server's copy that is damaged then, not what the client sends. */
    @Test
    void batch_volumeTruncated_isDamageOfTheServer() throws IOException {
        Path volume = file("volumes/000001.mdb");
        truncate(volume, Files.size(volume) / 2);
        server.restart();
        try (TestClient client = server.client()) {
            TestClient.Session session = client.session(key, TestServer.NAME);
            assertDamaged(session.reply(TestServer.batch(records.run(100))), "000001.mdb");
            assertDamaged(session.reply(new Request.Configure(1, new byte[] {4})), "000001.mdb");
            assertOtherIsServed(client);
        }
    }

    /** And here it is what the client sends. */
    @Test
    void batch_headerThatContradictsTheStore_isDamageOfTheClient() {
        server.restart();
        try (TestClient client = server.client()) {
            TestClient.Session session = client.session(key, TestServer.NAME);
            ObjectId chunk = TestRecords.provided(tree.getFirst());
            SealedRecord contradiction = records.snapshot(chunk, 9, List.of(), TestRecords.provided(tree.get(1)));
            Problem problem = session.reply(TestServer.batch(contradiction)).problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.DAMAGED);
            assertThat(problem.message()).contains(chunk.toString());
            assertThat(problem.hint()).contains("on the client");
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void fetch_recordDamagedBehindOthers_endsTheStreamWithTheProblem() throws IOException {
        flipLastByte(file("volumes/000001.mdb"), more.getLast());
        server.restart();
        try (TestClient client = server.client()) {
            TestClient.Session session = client.session(key, TestServer.NAME);
            List<ObjectId> ids = more.stream().map(TestRecords::provided).toList();
            List<Response> answer = session.stream(new Request.Fetch(ids));
            assertThat(answer).hasSize(2);
            assertThat(((Response.FetchedRecord) answer.getFirst()).record())
                    .isEqualTo(more.getFirst().bytes());
            assertDamaged((Problem) answer.getLast(), "damaged ones only");
            assertDamaged(session.reply(new Request.Fetch(ids.subList(1, 2))), "damaged ones only");
            assertOtherIsServed(client);
        }
        assertThat(log.warnings()).hasSize(2);
    }

    private static void flipLastByte(Path volume, SealedRecord record) throws IOException {
        byte[] all = Files.readAllBytes(volume);
        int at = indexOf(all, record.bytes()) + record.bytes().length - 1;
        try (FileChannel channel = FileChannel.open(volume, StandardOpenOption.WRITE)) {
            assertThat(channel.write(ByteBuffer.wrap(new byte[] {(byte) ~all[at]}), at))
                    .isEqualTo(1);
        }
    }

    private static int indexOf(byte[] all, byte[] wanted) {
        for (int at = 0; at <= all.length - wanted.length; at++) {
            int matched = 0;
            while (matched < wanted.length && all[at + matched] == wanted[matched]) {
                matched++;
            }
            if (matched == wanted.length) {
                return at;
            }
        }
        throw new AssertionError("the volume does not hold the record");
    }
}
