package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NoncesTest {

    private static final Duration LIFE = Duration.ofMinutes(2);

    /** Runs over within a nonce's life, as the clock of a machine may. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);

    private final Nonces nonces = new Nonces(now::get, LIFE);

    @Test
    void use_freshNonce_succeedsOnce() {
        byte[] nonce = nonces.next();
        assertThat(nonce).hasSize(Greeting.SECRET_BYTES);
        assertThat(nonces.isFresh(nonce)).isTrue();
        assertThat(nonces.isFresh(nonce)).as("looking does not use it up").isTrue();
        assertThat(nonces.use(nonce)).isTrue();
        assertThat(nonces.isFresh(nonce)).isFalse();
        assertThat(nonces.use(nonce)).isFalse();
    }

    @Test
    void use_atTheEndOfItsLife_succeedsAndNotLater() {
        byte[] nonce = nonces.next();
        byte[] other = nonces.next();
        now.addAndGet(LIFE.toNanos());
        assertThat(nonces.use(nonce)).isTrue();
        now.incrementAndGet();
        assertThat(nonces.isFresh(other)).isFalse();
        assertThat(nonces.use(other)).isFalse();
    }

    @Test
    void use_ofAnotherRun_isRefused() {
        byte[] nonce = new Nonces(now::get, LIFE).next();
        assertThat(nonces.isFresh(nonce)).isFalse();
        assertThat(nonces.use(nonce)).isFalse();
    }

    @Test
    void use_anyBitChanged_isRefused() {
        byte[] nonce = nonces.next();
        for (int bit = 0; bit < 8 * nonce.length; bit++) {
            byte[] changed = nonce.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(nonces.use(changed)).as("bit %d", bit).isFalse();
        }
        assertThat(nonces.use(nonce)).isTrue();
    }

    @Test
    void use_anotherLength_isRefused() {
        assertThat(nonces.use(new byte[0])).isFalse();
        assertThat(nonces.use(new byte[Greeting.SECRET_BYTES - 1])).isFalse();
        assertThat(nonces.use(new byte[Greeting.SECRET_BYTES + 1])).isFalse();
    }

    @Test
    void use_byManyThreadsAtOnce_succeedsForOne() throws InterruptedException {
        byte[] nonce = nonces.next();
        AtomicInteger succeeded = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.startVirtualThread(() -> {
                try {
                    start.await();
                    succeeded.addAndGet(nonces.use(nonce) ? 1 : 0);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(succeeded).hasValue(1);
    }

    @Test
    void use_moreThanCanBeRemembered_isBusyUntilTheyAreTooOld() {
        Nonces few = new Nonces(now::get, LIFE, 2);
        byte[] first = few.next();
        assertThat(few.use(first)).isTrue();
        now.addAndGet(LIFE.toNanos());
        assertThat(few.use(few.next())).isTrue();
        byte[] third = few.next();
        assertThatThrownBy(() -> few.use(third))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.BUSY));
        now.incrementAndGet();
        assertThat(few.use(third)).isTrue();
        assertThat(few.use(first)).as("forgotten, and too old").isFalse();
    }
}
