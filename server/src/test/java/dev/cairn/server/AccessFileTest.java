package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("hears what servers of this process log")
class AccessFileTest {

    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);

    /** Magic and version, before the edition. */
    private static final int EDITION_AT = 16;

    private static final int EDITION_BYTES = 16;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("access");
    }

    private AccessFile opened() {
        return new AccessFile(file, folder.resolve("access.lock"));
    }

    private static AccessList.Code code(String text) {
        return new AccessList.Code(
                EnrolmentCode.hash(text), new Scope("home", "photos"), Role.APPEND, NOW, NOW.plusSeconds(60), null);
    }

    private static AccessList.Grant grant(DeviceKey key) {
        return new AccessList.Grant(
                key.publicKey(), "laptop \u00e9", Scope.ALL, Role.WRITE, NOW, null, EnrolmentCode.hash("x"));
    }

    @Test
    void read_noFile_isAnEmptyList() {
        assertThat(opened().read()).isSameAs(AccessList.EMPTY);
        assertThat(opened().exists()).isFalse();
    }

    @Test
    void update_anything_isReadBackByOthers() throws IOException {
        DeviceKey key = DeviceKey.random();
        opened().update(list -> list.with(code("a"), NOW).with(code("b"), NOW));
        opened().update(list -> list.with(grant(key), code("a")));
        AccessList read = opened().read();
        assertThat(read.code(EnrolmentCode.hash("b"))).contains(code("b"));
        assertThat(read.code(EnrolmentCode.hash("a")).orElseThrow().used()).isEqualTo(NOW);
        assertThat(read.grants()).singleElement().satisfies(grant -> {
            assertThat(grant.device()).isEqualTo(grant(key).device());
            assertThat(grant.publicKey()).isEqualTo(key.publicKey());
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void read_unchangedFile_isNotParsedAgain() {
        opened().update(list -> list.with(code("a"), NOW));
        AccessFile reader = opened();
        assertThat(reader.read()).isSameAs(reader.read());
    }

    @Test
    void read_changedByAnother_seesItAtOnce() {
        AccessFile reader = opened();
        AccessFile writer = opened();
        writer.update(list -> list.with(code("a"), NOW));
        assertThat(reader.read().codes()).hasSize(1);
        writer.update(list -> list.with(code("b"), NOW));
        assertThat(reader.read().codes()).hasSize(2);
        reader.update(list -> list.with(code("c"), NOW));
        assertThat(writer.read().codes()).hasSize(3);
    }

    @Test
    void update_withoutAChange_leavesTheFileAlone() throws IOException {
        opened().update(list -> list.with(code("a"), NOW));
        byte[] before = Files.readAllBytes(file);
        opened().update(list -> list);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void update_byManyAtOnce_losesNothing() throws InterruptedException, IOException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().start(() -> {
                AccessFile own = opened();
                for (int j = 0; j < 10; j++) {
                    AccessList.Code code = code("%d %d".formatted(number, j));
                    own.update(list -> list.with(code, NOW));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(opened().read().codes()).hasSize(40);
        try (var files = Files.list(folder)) {
            assertThat(files.toList()).containsExactlyInAnyOrder(file, folder.resolve("access.lock"));
        }
    }

    @Test
    void read_anyByteChanged_isAnErrorThatNamesTheFile() throws IOException {
        byte[] whole = written();
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x10;
            Files.write(file, changed);
            if (at >= EDITION_AT && at < EDITION_AT + EDITION_BYTES) {
                assertThat(opened().read().grants())
                        .as("the edition says nothing")
                        .hasSize(1);
            } else {
                assertThatThrownBy(() -> opened().read())
                        .as("byte %d", at)
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining(file.toString());
            }
        }
    }

    @Test
    void read_truncatedAnywhere_isDamage() throws IOException {
        byte[] whole = written();
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> opened().read())
                    .as("%d bytes", length)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(file.toString());
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> opened().read()).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void read_ofALaterVersion_isAVersionMismatch() throws IOException {
        byte[] later = written();
        later[15]++;
        Files.write(file, later);
        assertThatThrownBy(() -> opened().read())
                .isInstanceOfSatisfying(
                        VersionMismatchException.class,
                        e -> assertThat(e.hint()).contains("Upgrade"))
                .hasMessageContaining("version 2");
        assertThatThrownBy(() -> opened().update(list -> list.with(code("z"), NOW)))
                .isInstanceOf(VersionMismatchException.class);
        assertThat(Files.readAllBytes(file)).as("not overwritten").isEqualTo(later);
    }

    @Test
    void decode_roleOfALaterVersion_isDamage() {
        dev.cairn.server.wire.Access access = dev.cairn.server.wire.Access.newBuilder()
                .addGrants(dev.cairn.server.wire.Grant.newBuilder()
                        .setPublicKey(com.google.protobuf.ByteString.copyFrom(new byte[32]))
                        .setRoleValue(9)
                        .setCode(com.google.protobuf.ByteString.copyFrom(new byte[32])))
                .build();
        assertThatThrownBy(() -> AccessList.decode(access.toByteArray(), "the list"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("the list")
                .hasMessageContaining("role");
    }

    /** A file of one grant and one code. */
    private byte[] written() throws IOException {
        opened().update(list -> list.with(code("a"), NOW).with(grant(DeviceKey.random()), code("a")));
        return Files.readAllBytes(file);
    }

    /** A running server whose list is damaged lets nobody in, and everybody again when it is mended. */
    @Test
    void requests_whileTheListIsDamaged_letNobodyIn() throws IOException {
        TestRecords records = new TestRecords(4);
        RepositoryId id = TestServer.repositoryId(records);
        try (ServerLog log = new ServerLog();
                TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            DeviceKey key = server.device(client, Scope.ALL, Role.ADMIN);
            String code = server.registry().issueCode(Scope.ALL, Role.READ, Duration.ofMinutes(5));
            Path list = server.dataFolder().resolve("access");
            byte[] whole = Files.readAllBytes(list);
            byte[] damaged = whole.clone();
            damaged[40] ^= 1;
            byte[] later = whole.clone();
            later[15]++;
            for (byte[] bad : List.of(damaged, Arrays.copyOf(whole, whole.length - 1), new byte[0], later)) {
                Files.write(list, bad);
                ProblemCode expected = Arrays.equals(bad, later) ? ProblemCode.INTERNAL : ProblemCode.SERVER_DAMAGED;
                List<TestClient.Reply> replies = List.of(
                        session.reply(new Request.Describe()),
                        client.sessionReply(client.token(key, TestServer.NAME)),
                        client.enrolReply(DeviceKey.random(), code));
                for (TestClient.Reply reply : replies) {
                    Problem problem = reply.problem();
                    assertThat(problem.code()).isEqualTo(expected);
                    assertThat(problem.message()).contains("list of devices").doesNotContain(folder.toString());
                    assertThat(problem.hint()).isNotEmpty();
                }
                assertThatThrownBy(() -> server.registry().devices())
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining(list.toString());
            }
            assertThat(log.warnings())
                    .hasSize(12)
                    .allSatisfy(warning -> assertThat(warning).contains("list of devices", list.toString()));
            Files.delete(list);
            assertThat(session.reply(new Request.Describe()).problem().code()).isEqualTo(ProblemCode.NOT_ALLOWED);
            Files.write(list, whole);
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
        }
    }

    @Test
    void start_listDamaged_doesNotStartAndMakesNoNewList() throws IOException {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            server.device(client, Scope.ALL, Role.ADMIN);
            server.server().close();
            Path list = server.dataFolder().resolve("access");
            byte[] whole = Files.readAllBytes(list);
            byte[] damaged = whole.clone();
            damaged[whole.length - 1] ^= 1;
            Files.write(list, damaged);
            assertThatThrownBy(server::restart)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(list.toString());
            assertThat(Files.readAllBytes(list)).isEqualTo(damaged);
            Files.write(list, whole);
            server.restart();
            assertThat(server.server().enrolmentCode()).isNull();
        }
    }
}
