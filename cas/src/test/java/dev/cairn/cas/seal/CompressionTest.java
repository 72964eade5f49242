package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CompressionTest {

    @Test
    void parse_everyForm_readsBack() {
        assertThat(Compression.parse("zstd")).isEqualTo(new Compression.Zstd(3));
        for (String text : List.of("zstd:1", "zstd:19", "lz4", "none")) {
            assertThat(Compression.parse(text)).hasToString(text);
        }
        assertThat(Compression.parse("ZSTD:7")).isEqualTo(new Compression.Zstd(7));
    }

    @Test
    void parse_otherText_isRefusedWithASentence() {
        for (String text : List.of("", "gzip", "zstd:", "zstd:x", "zstd:0", "zstd:20", "zstd:-1", "lz4:3")) {
            assertThatThrownBy(() -> Compression.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("zstd");
        }
    }
}
