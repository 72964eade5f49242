package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.RecordHeader;
import org.junit.jupiter.api.Test;

final class PaddingTest {

    @Test
    void padded_knownSizes_roundsUpToTheirStep() {
        assertThat(Padding.padded(1)).isEqualTo(1);
        assertThat(Padding.padded(8)).isEqualTo(8);
        assertThat(Padding.padded(9)).isEqualTo(10);
        assertThat(Padding.padded(1000)).isEqualTo(1024);
        assertThat(Padding.padded(1025)).isEqualTo(1088);
        assertThat(Padding.padded(1 << 20)).isEqualTo(1 << 20);
        assertThat(Padding.padded((1 << 20) + 1)).isEqualTo((1 << 20) + (1 << 15));
    }

    @Test
    void padded_everySize_isIdempotentMonotoneAndCheap() {
        int last = 0;
        for (int bytes = 1; bytes < 1 << 17; bytes++) {
            int padded = Padding.padded(bytes);
            assertThat(padded).isGreaterThanOrEqualTo(bytes).isGreaterThanOrEqualTo(last);
            assertThat(padded - bytes).isLessThanOrEqualTo(bytes * 12 / 100 + 1);
            assertThat(Padding.padded(padded)).isEqualTo(padded);
            last = padded;
        }
    }

    @Test
    void padded_upToTheLargestRecord_staysWithinIt() {
        assertThat(Padding.padded(RecordHeader.RECORD_BYTES_MAX)).isEqualTo(RecordHeader.RECORD_BYTES_MAX);
        assertThat(Padding.padded(RecordHeader.RECORD_BYTES_MAX - 1)).isEqualTo(RecordHeader.RECORD_BYTES_MAX);
    }

    @Test
    void padded_noBytes_isRefused() {
        assertThatThrownBy(() -> Padding.padded(0)).hasMessageContaining("bytes (0)");
    }
}
