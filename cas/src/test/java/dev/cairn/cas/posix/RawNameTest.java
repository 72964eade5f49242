package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RawNameTest {
    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80", // a continuation alone
                "c3", // cut off
                "c080", // overlong
                "e08080", // overlong
                "eda080", // a surrogate
                "f4908080", // beyond U+10FFFF
                "fe",
                "61ff62",
            })
    void isUtf8_bytesThatAreNot_false(String digits) {
        assertThat(RawName.isUtf8(hex(digits))).isFalse();
        assertThat(RawName.decode(hex(digits))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "grüße", "日本", "😀", "a\nb\\x", "\uFEFFmark"})
    void decode_text_exactBothWays(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(RawName.isUtf8(bytes)).isTrue();
        assertThat(RawName.decode(bytes)).isEqualTo(text);
        assertThat(RawName.text(bytes)).isEqualTo(text);
        assertThat(RawName.of(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "61ff62, a\\xffb",
        "c3, \\xc3",
        "c3bcc3, ü\\xc3",
        "e28280e282, ₀\\xe2\\x82",
        "eda080, \\xed\\xa0\\x80",
        "f09f98, \\xf0\\x9f\\x98",
        "8080, \\x80\\x80",
    })
    void text_bytesThatAreNotUtf8_escapedOneByOne(String digits, String expected) {
        assertThat(RawName.text(hex(digits))).isEqualTo(expected);
        assertThat(RawName.display(hex(digits))).isEqualTo(expected);
    }

    @Test
    void display_whatMovesCursorsOrTurnsText_escaped() {
        assertThat(RawName.display(RawName.of("a\u001B[31mb\n\r\t\u007F\u0085")))
                .isEqualTo("a\\u001b[31mb\\n\\r\\t\\u007f\\u0085");
        assertThat(RawName.display(RawName.of("gpj.\u202Eexe\u2028"))).isEqualTo("gpj.\\u202eexe\\u2028");
        assertThat(RawName.display(RawName.of("grüße 😀"))).isEqualTo("grüße 😀");
    }

    @Test
    void isValid_namesAndWhatAreNone() {
        assertThat(RawName.isValid(RawName.of("..."))).isTrue();
        assertThat(RawName.isValid(RawName.of(".a"))).isTrue();
        assertThat(RawName.isValid(RawName.of("..a"))).isTrue();
        assertThat(RawName.isValid(hex("ff"))).isTrue();
        assertThat(RawName.isValid(hex("0a"))).isTrue();
        assertThat(RawName.isValid(RawName.of("x".repeat(4095)))).isTrue();
        assertThat(RawName.isValid(RawName.of("x".repeat(4096)))).isFalse();
        assertThat(RawName.isValid(new byte[0])).isFalse();
        assertThat(RawName.isValid(RawName.of("."))).isFalse();
        assertThat(RawName.isValid(RawName.of(".."))).isFalse();
        assertThat(RawName.isValid(RawName.of("a/"))).isFalse();
        assertThat(RawName.isValid(hex("6100"))).isFalse();
    }
}
