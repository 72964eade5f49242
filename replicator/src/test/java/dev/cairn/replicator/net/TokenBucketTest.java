package dev.cairn.replicator.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND); // The clock runs over while tests run.

    private TokenBucket bucket(long bytesPerSecond) {
        return new TokenBucket(bytesPerSecond, now::get);
    }

    @Test
    void take_fullBucket_letsTheBurstPassAndNoMore() {
        TokenBucket bucket = bucket(1000);

        assertThat(bucket.take(100)).as("a tenth of a second's worth").isZero();
        assertThat(bucket.take(1)).isEqualTo(SECOND / 1000);
        assertThat(bucket.waitNanos()).isEqualTo(SECOND / 1000);
    }

    @Test
    void take_onCredit_isPaidForBeforeAnythingElse() {
        TokenBucket bucket = bucket(1000);
        assertThat(bucket.take(5100)).isEqualTo(5 * SECOND);

        now.addAndGet(2 * SECOND);
        assertThat(bucket.waitNanos()).isEqualTo(3 * SECOND);
        now.addAndGet(3 * SECOND);
        assertThat(bucket.waitNanos()).isZero();
    }

    @Test
    void take_afterALongPause_doesNotMakeUpForIt() {
        TokenBucket bucket = bucket(1000);
        now.addAndGet(3600 * SECOND);

        assertThat(bucket.take(1100)).isEqualTo(SECOND);
    }

    @Test
    void take_longRun_keepsToTheRate() {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (long rate : new long[] {RateLimits.BYTES_PER_SECOND_MIN, 1_000_000, 12_345_678_901L}) {
            TokenBucket bucket = bucket(rate);
            long begun = now.get();
            long taken = 0;
            while (now.get() - begun < 1000 * SECOND) {
                int bytes = random.nextInt((int) Math.min(rate, 1 << 30));
                taken += bytes;
                // Whoever asks comes a little late.
                now.addAndGet(bucket.take(bytes) + random.nextInt(1_000_000));
            }
            double seconds = (now.get() - begun) / 1e9;
            assertThat(taken / seconds).as("seed=%d", seed).isCloseTo((double) rate, Percentage.withPercentage(1));
        }
    }

    @Test
    void take_negativeOrZeroRate_refused() {
        assertThatThrownBy(() -> bucket(0)).hasMessageContaining("bytesPerSecond (0)");
        assertThatThrownBy(() -> bucket(1).take(-1)).hasMessageContaining("bytes (-1)");
        assertThatThrownBy(() -> new RateLimits(1, 0)).hasMessageContaining("uploadBytesPerSecond (1)");
    }
}
