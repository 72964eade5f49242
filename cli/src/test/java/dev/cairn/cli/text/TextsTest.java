package dev.cairn.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cli.failure.CommandFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the command line reads and writes as text. */
class TextsTest {

    @Test
    void durations_everyUnit_isRead() {
        assertThat(DurationText.parse("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(DurationText.parse("30")).isEqualTo(Duration.ofSeconds(30));
        assertThat(DurationText.parse("5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(DurationText.parse("2h")).isEqualTo(Duration.ofHours(2));
        assertThat(DurationText.parse("7d")).isEqualTo(Duration.ofDays(7));
        for (String wrong : new String[] {"", "soon", "-1s", "1w", "1.5s", "99999999999s", "1 s"}) {
            assertThatThrownBy(() -> DurationText.parse(wrong)).isInstanceOf(CommandFailure.class);
        }
    }

    @Test
    void rates_everyUnit_isRead() {
        assertThat(RateText.parse("--limit-upload", "8")).isEqualTo(8 << 10);
        assertThat(RateText.parse("--limit-upload", "500K")).isEqualTo(500 << 10);
        assertThat(RateText.parse("--limit-upload", "500kib/s")).isEqualTo(500 << 10);
        assertThat(RateText.parse("--limit-upload", "1.5M")).isEqualTo(3 << 19);
        assertThat(RateText.parse("--limit-upload", "1g")).isEqualTo(1 << 30);
        for (String wrong :
                new String[] {"", "0", "7", "fast", "-1", "1T", "1 M", "1,5M", "999999999G", "1e6", "NaN"}) {
            assertThatThrownBy(() -> RateText.parse("--limit-upload", wrong))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("--limit-upload")
                    .hasMessageContaining("'" + wrong + "'");
        }
    }

    @Test
    void times_everyForm_isRead() {
        TimeText times = new TimeText(Instant.parse("2026-11-29T10:30:00Z"), ZoneId.of("Europe/Berlin"));
        String[][] forms = {
            {"90m", "2026-11-29T09:00:00Z"},
            {"2d", "2026-11-27T10:30:00Z"},
            {"1w", "2026-11-22T10:30:00Z"},
            {"now", "2026-11-29T10:30:00Z"},
            {"today", "2026-11-28T23:00:00Z"},
            {"yesterday", "2026-11-28T10:30:00Z"},
            {"2026-11-01", "2026-10-31T23:00:00Z"},
            {"2026-11-01T10:00", "2026-11-01T09:00:00Z"},
            {"2026-11-01 10:00:05", "2026-11-01T09:00:05Z"},
            {"2026-11-01T10:00Z", "2026-11-01T10:00:00Z"},
            {"2026-11-01T10:00:00+05:00", "2026-11-01T05:00:00Z"},
        };
        for (String[] form : forms) {
            assertThat(times.parse("--before", form[0])).as(form[0]).isEqualTo(Instant.parse(form[1]));
        }
        for (String wrong :
                new String[] {"", "soon", "2", "2x", "-2d", "2026-13-01", "2026-11-01T25:00", "9999999999d", "d"}) {
            assertThatThrownBy(() -> times.parse("--before", wrong)).as(wrong).isInstanceOf(CommandFailure.class);
        }
    }

    @Test
    void byteCounts_everyUnit_isRead() {
        String[][] forms = {
            {"0", "0"},
            {"100", "100"},
            {"100B", "100"},
            {"1K", "1024"},
            {"1.5k", "1536"},
            {"2MiB", "2097152"},
            {"2MB", "2000000"},
            {"1 GB", "1000000000"},
            {"1T", "1099511627776"}
        };
        for (String[] form : forms) {
            assertThat(ByteCountText.parse("--x", form[0])).as(form[0]).isEqualTo(Long.parseLong(form[1]));
        }
        for (String wrong : new String[] {"", "K", "-1", "1X", "1e3", "9999999999T", "1,5M"}) {
            assertThatThrownBy(() -> ByteCountText.parse("--x", wrong))
                    .as(wrong)
                    .isInstanceOf(CommandFailure.class);
        }
    }

    @Test
    void sizes_threeDigits_withAUnit() {
        assertThat(SizeText.of(0)).isEqualTo("0 B");
        assertThat(SizeText.of(999)).isEqualTo("999 B");
        assertThat(SizeText.of(1000)).isEqualTo("1.00 kB");
        assertThat(SizeText.of(123_456_789)).isEqualTo("123 MB");
        assertThat(SizeText.of(Long.MAX_VALUE)).isEqualTo("9.22 EB");
    }

    @Test
    void counts_oneAndMany_haveTheirNoun() {
        assertThat(CountText.of(1, "file")).isEqualTo("1 file");
        assertThat(CountText.of(0, "file")).isEqualTo("0 files");
        assertThat(CountText.of(12_345, "file")).isEqualTo("12,345 files");
    }

    @Test
    void rawText_anyBytes_comeBackTheSame() {
        long seed = 20_261_128;
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertThat(RawText.bytes(RawText.of(bytes))).isEqualTo(bytes);
        }
        assertThat(RawText.of("grün".getBytes(StandardCharsets.UTF_8))).isEqualTo("grün");
        assertThat(RawText.isUtf8("grün")).isTrue();
        assertThat(RawText.isUtf8(RawText.of(new byte[] {(byte) 0xff}))).isFalse();
    }

    @Test
    void paths_ofAnyBytes_nameTheSameFile() {
        assertThat(PathText.path("/a b/ü")).isEqualTo(Path.of("/a b/ü"));
        Path odd = PathText.path(RawText.of(new byte[] {'/', 'x', (byte) 0xfe}));
        assertThat(odd.toUri().getRawPath()).isEqualTo("/x%FE");
    }

    @Test
    void foreignText_controlCharacters_areShownAsEscapes() {
        assertThat(ShownText.oneLine("plain ü")).isEqualTo("plain ü");
        assertThat(ShownText.oneLine("a\nb\u001b[31m\u202e")).isEqualTo("a\\u{a}b\\u{1b}[31m\\u{202e}");
    }
}
