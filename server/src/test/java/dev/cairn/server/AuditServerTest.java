package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.LogHead;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What devices do at a real server stands in its logs. */
class AuditServerTest {

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(61);
    private final RepositoryId id = TestServer.repositoryId(records);

    private static List<AuditEntry> read(TestServer server, @Nullable RepositoryName name) {
        List<AuditEntry> entries = new ArrayList<>();
        AuditTrail.open(server.dataFolder()).read(name, (entry, hash) -> entries.add(entry));
        return entries;
    }

    private static List<AuditEntry.Operation> operations(TestServer server) {
        return read(server, TestServer.NAME).stream().map(AuditEntry::operation).toList();
    }

    @Test
    void changes_ofARepository_standInItsLogBeforeTheAnswerCame() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, Scope.ALL, Role.WRITE);
            TestClient.Session session = client.session(key, TestServer.NAME);
            session.ask(TestServer.create(id));
            assertThat(operations(server)).contains(AuditEntry.Operation.CREATE);
            SealedRecord run = records.run(100);
            SealedRecord page =
                    records.pages(new ProvidedObject(records.id(), List.of(), List.of(TestRecords.provided(run))));
            ObjectId snapshot = records.id();
            session.ask(TestServer.batch(run, page));
            session.ask(TestServer.batch(records.snapshot(snapshot, 1, List.of(), TestRecords.provided(page))));
            session.ask(TestServer.move(records.operation(), snapshot));
            session.ask(new Request.Configure(1, new byte[] {9}));
            session.ask(TestServer.move(records.operation(), null, snapshot));
            session.ask(new Request.Annotate(List.of()));
            session.ask(new Request.Move(BranchMove.deletion("main", snapshot, records.operation()), null));

            List<AuditEntry> entries = read(server, TestServer.NAME);
            assertThat(entries.stream().map(AuditEntry::operation).toList())
                    .endsWith(
                            AuditEntry.Operation.CREATE,
                            AuditEntry.Operation.BATCHES,
                            AuditEntry.Operation.MOVE,
                            AuditEntry.Operation.CONFIGURE,
                            AuditEntry.Operation.MOVE,
                            AuditEntry.Operation.ANNOTATE,
                            AuditEntry.Operation.DELETE);
            assertThat(entries).allSatisfy(entry -> assertThat(entry.device()).isEqualTo(key.id()));
            AuditEntry batches = entries.get(entries.size() - 6);
            assertThat(batches.details())
                    .containsEntry("count", "3")
                    .containsEntry("push", "00000000000000010000000000000002");
            assertThat(entries.get(entries.size() - 5).details())
                    .containsEntry("branch", "main")
                    .containsEntry("to", snapshot.toString())
                    .containsEntry("moved", "true")
                    .doesNotContainKey("from");
            assertThat(entries.get(entries.size() - 3).details()).containsEntry("moved", "false");
            assertThat(entries.get(entries.size() - 2).details()).containsEntry("notes", "0");
            assertThat(entries.getLast().details())
                    .containsEntry("from", snapshot.toString())
                    .containsEntry("deleted", "true")
                    .doesNotContainKey("to");
            assertThat(read(server, null).getLast().operation()).isEqualTo(AuditEntry.Operation.ENROL);

            // What clients remember is what is there: the head goes out with the repository's description.
            LogHead shown =
                    Objects.requireNonNull(((Response.RepositoryInfo) session.ask(new Request.Describe())).log());
            assertThat(shown.sequence()).isEqualTo(entries.getLast().sequence());
            assertThat(shown.hash())
                    .isEqualTo(AuditTrail.open(server.dataFolder())
                            .read(TestServer.NAME, (entry, hash) -> {})
                            .hash());
            server.restart();
            assertThat(operations(server)).as("the chain is whole, and goes on").contains(AuditEntry.Operation.SESSION);
        }
    }

    @Test
    void refusals_areCountedTogether_andStandThereInTheEnd() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            server.made(client, id);
            TestClient.Session reader = server.session(client, Role.READ);
            for (int i = 0; i < 50; i++) {
                assertThat(reader.reply(TestServer.batch(records.run(41))).status())
                        .isEqualTo(403);
            }
            // Of repositories that are not there nothing is made.
            client.session(server.device(client, Scope.ALL, Role.READ), new RepositoryName("default", "none"));
            server.restart();
            List<AuditEntry> refused = read(server, TestServer.NAME).stream()
                    .filter(entry -> entry.operation() == AuditEntry.Operation.REFUSED)
                    .toList();
            assertThat(refused).hasSize(1);
            assertThat(refused.getFirst().details())
                    .containsEntry("count", "50")
                    .containsEntry("request", "batch")
                    .containsEntry("problem", "not_allowed");
            assertThat(server.dataFolder().resolve("logs/tenants/default/none")).doesNotExist();
            assertThat(read(server, null)).extracting(AuditEntry::operation).contains(AuditEntry.Operation.SESSION);
        }
    }
}
