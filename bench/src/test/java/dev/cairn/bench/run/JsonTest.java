package dev.cairn.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {

    @Test
    void write_everyKind_isReadBackEqual() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "a \"quoted\" \\ line\n\tand </script> \u2028 é 漢 \u0001");
        value.put("whole", -12L);
        value.put("real", 0.1);
        value.put("tiny", 1.0E-300);
        value.put("truth", true);
        value.put("nothing", null);
        value.put("empty", Map.of());
        value.put("list", List.of(1L, 2.5, "three"));
        value.put("nested", Arrays.asList(List.of(List.of(1L)), Map.of("a", false), null));

        assertThat(Json.read(Json.write(value))).isEqualTo(value);
    }

    @Test
    void write_script_neverEndsTheElementAround() {
        assertThat(Json.write(List.of("</script><!--"))).doesNotContain("<");
    }

    @Test
    void write_notANumber_isAString() {
        assertThat(Json.read(Json.write(List.of(Double.NaN)))).isEqualTo(List.of("NaN"));
    }

    @Test
    void write_members_oneALine() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("a", 1);
        value.put("b", List.of(1, 2));
        assertThat(Json.write(value)).isEqualTo("""
            {
                "a": 1,
                "b": [1, 2]
            }
            """);
    }

    @Test
    void read_escapes_areDecoded() {
        assertThat(Json.read(" \"\\u00e9\\/\\b\\f\\r\" ")).isEqualTo("é/\b\f\r");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "[1 2]",
                "{\"a\" 1}",
                "{\"a\":1,\"a\":2}",
                "{a:1}",
                "\"open",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"a\nb\"",
                "01",
                "1.",
                "--1",
                "NaN",
                "tru",
                "[] []"
            })
    void read_notJson_saysWhere(String text) {
        assertThatThrownBy(() -> Json.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at character");
    }

    @Test
    void read_nestedTooDeep_refused() {
        int most = JsonReader.DEPTH_MAX;
        assertThat(Json.read("[".repeat(most) + "]".repeat(most))).isInstanceOf(List.class);
        assertThatThrownBy(() -> Json.read("[".repeat(most + 1) + "]".repeat(most + 1)))
                .hasMessageContaining("at most 64 levels");
    }
}
