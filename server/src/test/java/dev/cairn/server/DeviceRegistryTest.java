package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.NoRepositoryException;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceRegistryTest {

    private static final RepositoryName PHOTOS = new RepositoryName("home", "photos");
    private static final RepositoryName LETTERS = new RepositoryName("home", "letters");
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    private Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
    private DataFolder data;
    private DeviceRegistry registry;

    @BeforeEach
    void open() {
        data = DataFolder.make(folder);
        registry = data.registry(() -> now);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private Device enrol(DeviceKey key, Scope scope, Role role) {
        return registry.enrol(registry.issueCode(scope, role, HOUR), key.publicKey(), "laptop");
    }

    @Test
    void open_folderOfNoServer_saysSo() {
        assertThatThrownBy(() -> DeviceRegistry.open(folder.resolve("elsewhere")))
                .isInstanceOf(NoRepositoryException.class)
                .hasMessageContaining("elsewhere");
        assertThat(DeviceRegistry.open(folder).devices()).isEmpty();
    }

    @Test
    void issueCode_validForNoTime_isRefused() {
        for (Duration validity : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
            assertThatThrownBy(() -> registry.issueCode(Scope.ALL, Role.READ, validity))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(validity.toString());
        }
    }

    @Test
    void enrol_rightBeforeAndAtItsEnd_isTakenAndRefused() {
        DeviceKey key = DeviceKey.random();
        String first = registry.issueCode(Scope.ALL, Role.READ, HOUR);
        String second = registry.issueCode(Scope.ALL, Role.READ, HOUR);
        pass(HOUR.minusMillis(1));
        assertThat(registry.accepts(first, key.publicKey())).isTrue();
        registry.enrol(first, key.publicKey(), "laptop");
        pass(Duration.ofMillis(1));
        assertThat(registry.accepts(second, key.publicKey())).isFalse();
        assertThatThrownBy(() -> registry.enrol(second, key.publicKey(), "laptop"))
                .isInstanceOf(ProblemException.class);
        assertThat(registry.accepts(first, key.publicKey())).as("repeated").isTrue();
        assertThat(registry.accepts(first, DeviceKey.random().publicKey())).isFalse();
    }

    @Test
    void enrol_keyOfAnotherLength_isRefused() {
        String code = registry.issueCode(Scope.ALL, Role.READ, HOUR);
        assertThatThrownBy(() -> registry.enrol(code, new byte[31], "laptop"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void role_ofSeveralGrants_isTheHighestThatCoversTheRepository() {
        DeviceKey key = DeviceKey.random();
        enrol(key, new Scope("home", ""), Role.READ);
        enrol(key, new Scope("home", "photos"), Role.WRITE);
        enrol(key, new Scope("office", ""), Role.ADMIN);
        enrol(key, new Scope("home", "photos"), Role.APPEND);
        assertThat(registry.role(key.id(), PHOTOS)).contains(Role.WRITE);
        assertThat(registry.role(key.id(), LETTERS)).contains(Role.READ);
        assertThat(registry.role(key.id(), new RepositoryName("office", "x"))).contains(Role.ADMIN);
        assertThat(registry.role(key.id(), new RepositoryName("other", "x"))).isEmpty();
        assertThat(registry.role(DeviceKey.random().id(), PHOTOS)).isEmpty();
    }

    @Test
    void revoke_aDevice_takesAllItsGrantsBackAndNobodyElses() {
        DeviceKey key = DeviceKey.random();
        DeviceKey other = DeviceKey.random();
        enrol(key, Scope.ALL, Role.READ);
        enrol(key, new Scope("home", "photos"), Role.WRITE);
        enrol(other, Scope.ALL, Role.READ);
        pass(HOUR);
        assertThat(registry.revoke(key.id())).isTrue();
        assertThat(registry.role(key.id(), PHOTOS)).isEmpty();
        assertThat(registry.publicKey(key.id())).isEmpty();
        assertThat(registry.role(other.id(), PHOTOS)).contains(Role.READ);
        assertThat(registry.devices().stream().filter(device -> device.id().equals(key.id())))
                .hasSize(2)
                .allSatisfy(device -> assertThat(device.revoked()).isEqualTo(now));
        assertThat(registry.revoke(key.id())).isFalse();
        assertThat(registry.revoke(DeviceKey.random().id())).isFalse();
    }

    @Test
    void hasAdmin_ofEverythingAlone_isTrue() {
        DeviceKey key = DeviceKey.random();
        assertThat(registry.hasAdmin()).isFalse();
        enrol(key, new Scope("home", ""), Role.ADMIN);
        enrol(key, Scope.ALL, Role.WRITE);
        assertThat(registry.hasAdmin()).isFalse();
        enrol(key, Scope.ALL, Role.ADMIN);
        assertThat(registry.hasAdmin()).isTrue();
        registry.revoke(key.id());
        assertThat(registry.hasAdmin()).isFalse();
    }

    @Test
    void codes_ofNoUseAnyMore_makeRoom() {
        AccessList list = AccessList.EMPTY;
        DeviceKey key = DeviceKey.random();
        AccessList.Code used = code("used");
        list = list.with(used, now);
        list = list.with(new AccessList.Grant(key.publicKey(), "", Scope.ALL, Role.READ, now, null, used.hash()), used);
        for (int i = 1; i < AccessList.CODES_MAX; i++) {
            list = list.with(code("old " + i), now);
        }
        AccessList full = list;
        assertThatThrownBy(() -> full.with(code("one more"), now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(AccessList.CODES_MAX));
        pass(HOUR);
        list = full.with(code("new"), now);
        assertThat(list.codes()).extracting(AccessList.Code::hash).containsExactly(used.hash(), hash("new"));
        pass(Duration.ofDays(2));
        list = list.with(code("newer"), now);
        assertThat(list.codes()).extracting(AccessList.Code::hash).containsExactly(hash("newer"));
        assertThat(list.grantOf(used.hash())).as("the grant stays").isPresent();
    }

    private static Secrets.Hash hash(String text) {
        return EnrolmentCode.hash(text);
    }

    private AccessList.Code code(String text) {
        return new AccessList.Code(hash(text), Scope.ALL, Role.READ, now, now.plus(HOUR), null);
    }
}
