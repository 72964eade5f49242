package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.RepositoryName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionsTest {

    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final RepositoryName NAME = new RepositoryName("default", "photos");

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);
    private final DeviceId device = DeviceKey.random().id();
    private final DeviceId other = DeviceKey.random().id();

    private Sessions sessions(int max, int perDevice) {
        return new Sessions(now::get, LIFE, max, perDevice);
    }

    @Test
    void find_openSession_tellsWhoAndWhere() {
        Sessions sessions = sessions(10, 10);
        byte[] secret = sessions.open(device, NAME);
        assertThat(secret).hasSize(Greeting.SECRET_BYTES);
        assertThat(sessions.find(secret)).hasValueSatisfying(session -> {
            assertThat(session.device()).isEqualTo(device);
            assertThat(session.name()).isEqualTo(NAME);
        });
    }

    @Test
    void find_anotherSecret_findsNothing() {
        Sessions sessions = sessions(10, 10);
        byte[] secret = sessions.open(device, NAME);
        secret[0] ^= 1;
        assertThat(sessions.find(secret)).isEmpty();
        assertThat(sessions.find(new byte[0])).isEmpty();
    }

    @Test
    void open_twice_givesTwoSecrets() {
        Sessions sessions = sessions(10, 10);
        byte[] first = sessions.open(device, NAME);
        byte[] second = sessions.open(device, NAME);
        assertThat(first).isNotEqualTo(second);
        assertThat(sessions.find(first)).isPresent();
        assertThat(sessions.find(second)).isPresent();
    }

    @Test
    void find_afterItsLife_findsNothingAndForgetsIt() {
        Sessions sessions = sessions(10, 10);
        byte[] secret = sessions.open(device, NAME);
        now.addAndGet(LIFE.toNanos());
        assertThat(sessions.find(secret)).as("use does not prolong it").isPresent();
        now.incrementAndGet();
        assertThat(sessions.find(secret)).isEmpty();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void open_tooManyInAll_theOldestMakeRoom() {
        Sessions sessions = sessions(3, 10);
        List<byte[]> secrets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            secrets.add(sessions.open(DeviceKey.random().id(), NAME));
        }
        assertThat(sessions.size()).isEqualTo(3);
        assertThat(secrets.stream().map(secret -> sessions.find(secret).isPresent()))
                .containsExactly(false, false, true, true, true);
    }

    @Test
    void open_tooManyOfADevice_itsOwnOldestMakesRoom() {
        Sessions sessions = sessions(10, 2);
        byte[] others = sessions.open(other, NAME);
        byte[] first = sessions.open(device, NAME);
        byte[] second = sessions.open(device, NAME);
        byte[] third = sessions.open(device, NAME);
        assertThat(sessions.find(others)).isPresent();
        assertThat(sessions.find(first)).isEmpty();
        assertThat(sessions.find(second)).isPresent();
        assertThat(sessions.find(third)).isPresent();
    }

    @Test
    void open_whileOldOnesAreOver_dropsThemAll() {
        Sessions sessions = sessions(10, 10);
        for (int i = 0; i < 4; i++) {
            sessions.open(other, NAME);
        }
        now.addAndGet(LIFE.toNanos() + 1);
        byte[] secret = sessions.open(device, NAME);
        assertThat(sessions.size()).isEqualTo(1);
        assertThat(sessions.find(secret)).isPresent();
    }

    @Test
    void open_manyOfOneTenant_endsNoSessionOfAnother() {
        Sessions sessions = sessions(3, 10);
        byte[] others = sessions.open(other, new RepositoryName("other", "photos"));
        for (int i = 0; i < 20; i++) {
            sessions.open(DeviceKey.random().id(), NAME);
        }
        assertThat(sessions.find(others)).isPresent();
        assertThat(sessions.size()).isEqualTo(3);
    }
}
