package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkProfileTest {
    private static final int KIB = 1024;

    @Test
    void default_hasTheNumbersOfTheDesign() {
        assertThat(ChunkProfile.DEFAULT)
                .isEqualTo(new ChunkProfile(16 * KIB, 64 * KIB, 256 * KIB, 64 * KIB, 48 * KIB, 18, 14));
        assertThat(ChunkProfile.DEFAULT.strictMask()).isEqualTo(0xFFFFC00000000000L);
        assertThat(ChunkProfile.DEFAULT.looseMask()).isEqualTo(0xFFFC000000000000L);
    }

    @ParameterizedTest
    @CsvSource({"16/64/256, 16, 64, 256", "16K/64k/256K, 16, 64, 256", "512k/1M/4M, 512, 1024, 4096", "2/8/32, 2, 8, 32"
    })
    void parse_validText_isThatProfile(String text, int min, int avg, int max) {
        assertThat(ChunkProfile.parse(text)).isEqualTo(ChunkProfile.normalised(min * KIB, avg * KIB, max * KIB));
    }

    @Test
    void sizes_ofAProfile_parseBack() {
        for (ChunkProfile profile : new ChunkProfile[] {ChunkProfile.DEFAULT, ChunkProfile.parse("1M/2M/4M")}) {
            assertThat(ChunkProfile.parse(profile.sizes())).isEqualTo(profile);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "16",
                "16/64",
                "16/64/256/1024",
                "a/b/c",
                "-16/64/256",
                "16/64/256 ",
                "16/64/256G",
                "0/64/256",
                "64/16/256",
                "16/60/256",
                "16/64/64",
                "64/64/256",
                "16/64/9999999",
                "9999999M/9999999M/9999999M",
                "99999999999/1/1",
                "1M/4M/8M"
            })
    void parse_hostileText_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ChunkProfile.parse(text));
    }

    @Test
    void parse_endlessText_isRefusedWithAShortMessage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChunkProfile.parse("9".repeat(1_000_000)))
                .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(250));
    }

    @ParameterizedTest
    @CsvSource({
        // min, avg, max, whole, switch, strict, loose: one fault each
        "63, 1024, 4096, 0, 768, 12, 8",
        "-1, 1024, 4096, 0, 768, 12, 8",
        "0, 0, 0, 0, 0, 0, 0",
        "2048, 1024, 4096, 0, 2048, 12, 8",
        "256, 1024, 1024, 0, 768, 12, 8",
        "256, 1024, 2147483647, 0, 768, 12, 8",
        "256, 1024, 4096, -1, 768, 12, 8",
        "256, 1024, 4096, 4097, 768, 12, 8",
        "256, 1024, 4096, 0, 255, 12, 8",
        "256, 1024, 4096, 0, 4096, 12, 8",
        "256, 1024, 4096, 0, 768, 8, 12",
        "256, 1024, 4096, 0, 768, 12, 0",
        "256, 1024, 4096, 0, 768, 64, 8"
    })
    void constructor_oneFault_isRefused(int min, int avg, int max, int whole, int switchAt, int strict, int loose) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChunkProfile(min, avg, max, whole, switchAt, strict, loose));
    }

    @Test
    void singleMask_hostileBits_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ChunkProfile.singleMask(1024, 4096, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> ChunkProfile.singleMask(1024, 4096, 25));
        assertThatIllegalArgumentException().isThrownBy(() -> ChunkProfile.singleMask(4096, 4096, 12));
    }
}
