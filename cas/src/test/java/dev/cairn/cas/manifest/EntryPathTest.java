package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EntryPathTest {

    @Test
    void compareTo_siblingsAndChildren_isDepthFirstWithParentsFirst() {
        List<EntryPath> expected = List.of(
                EntryPath.ROOT,
                path("a"),
                path("a/\u0001"),
                path("a/b"),
                path("a/b/c"),
                path("a\u0001"),
                path("a!"),
                path("a-b"),
                path("a.b"),
                path("ab"),
                path("\u00e4"));
        List<EntryPath> shuffled = new ArrayList<>(expected);
        Collections.shuffle(shuffled, new Random(1));
        Collections.sort(shuffled);
        assertThat(shuffled).isEqualTo(expected);
    }

    @Test
    void compareTo_bytesAboveAscii_areUnsigned() {
        EntryPath high = EntryPath.ROOT.child(new byte[] {(byte) 0xff});
        assertThat(path("z")).isLessThan(high);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "a/", "a//b", ".", "..", "a/.", "../a", "a/../b", "a/b/..", "a\0b"})
    void parse_notAPathBelowTheRoot_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> EntryPath.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "...", "..a", ".a", "a/b", "a b", " ", "-", "a\nb", "\\", "\u00fc/\ud83d\ude00"})
    void parse_aPath_comesBackAsItsBytes(String text) {
        EntryPath path = EntryPath.parse(text);
        assertThat(path.bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(path.utf8()).contains(text);
        assertThat(EntryPath.ofKey(path.key())).isEqualTo(path).hasSameHashCodeAs(path);
        assertThat(path.depth()).isEqualTo(text.isEmpty() ? 0 : text.split("/").length);
    }

    @Test
    void ofKey_slashOrEmptyComponentOrLeadingZero_isRefused() {
        for (String key : List.of("a/b", "\0", "a\0", "\0a", "a\0\0b", "..\0a", "a\0.")) {
            assertThatIllegalArgumentException()
                    .as(key)
                    .isThrownBy(() -> EntryPath.ofKey(key.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void child_notOneName_isRefused() {
        for (String name : List.of("", ".", "..", "a/b", "/", "a\0b", "x".repeat(1025))) {
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> EntryPath.ROOT.child(name));
        }
        assertThat(EntryPath.ROOT.child("x".repeat(1024)).name()).hasSize(1024);
    }

    @Test
    void child_atTheLimitsOfLengthAndDepth_isTakenAndBeyondRefused() {
        EntryPath deep = EntryPath.ROOT;
        for (int i = 0; i < EntryPath.DEPTH_MAX; i++) {
            deep = deep.child("d");
        }
        EntryPath deepest = deep;
        assertThat(deepest.depth()).isEqualTo(EntryPath.DEPTH_MAX);
        assertThat(EntryPath.ofKey(deepest.key())).isEqualTo(deepest);
        assertThatIllegalArgumentException().isThrownBy(() -> deepest.child("d"));

        EntryPath wide = EntryPath.parse(("x".repeat(1023) + "/").repeat(15) + "x".repeat(1024));
        assertThat(wide.key()).hasSize(EntryPath.PATH_BYTES_MAX);
        assertThatIllegalArgumentException().isThrownBy(() -> wide.child("x"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EntryPath.parse(("x".repeat(1023) + "/").repeat(16) + "x"));
    }

    @Test
    void parentNamePrefix_walkUp() {
        EntryPath path = path("a/bc/d");
        assertThat(path.parent()).isEqualTo(path("a/bc"));
        assertThat(path("a").parent()).isEqualTo(EntryPath.ROOT);
        assertThat(EntryPath.ROOT.parent()).isNull();
        assertThat(path.name()).isEqualTo(new byte[] {'d'});
        assertThat(path.nameLength()).isEqualTo(1);
        assertThat(path.prefix(0)).isEqualTo(EntryPath.ROOT);
        assertThat(path.prefix(1)).isEqualTo(path("a"));
        assertThat(path.prefix(2)).isEqualTo(path("a/bc"));
        assertThat(path.prefix(3)).isEqualTo(path);
    }

    @Test
    void startsWith_comparesWholeComponents() {
        assertThat(path("a/b").startsWith(path("a"))).isTrue();
        assertThat(path("a/b").startsWith(path("a/b"))).isTrue();
        assertThat(path("a/b").startsWith(EntryPath.ROOT)).isTrue();
        assertThat(path("ab").startsWith(path("a"))).isFalse();
        assertThat(path("a").startsWith(path("a/b"))).isFalse();
        assertThat(path("a/b").isChildOf(path("a"))).isTrue();
        assertThat(path("a/b/c").isChildOf(path("a"))).isFalse();
    }

    @Test
    void relativeToAndResolve_areInverse() {
        for (String top : List.of("", "a", "a/b")) {
            for (String rest : List.of("", "c", "c/d")) {
                EntryPath whole = path(top).resolve(path(rest));
                assertThat(whole.relativeTo(path(top))).isEqualTo(path(rest));
                assertThat(whole.depth())
                        .isEqualTo(path(top).depth() + path(rest).depth());
                assertThat(EntryPath.ofKey(whole.key())).isEqualTo(whole);
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> path("ab").relativeTo(path("a")));
    }

    @Test
    void toString_oddBytes_neitherBreakALineNorSteerATerminal() {
        assertThat(EntryPath.ROOT).hasToString(".");
        assertThat(path("a/\u00fc\ud83d\ude00")).hasToString("a/\u00fc\ud83d\ude00");
        assertThat(path("a\nb\tc\\d")).hasToString("a\\nb\\tc\\\\d");
        assertThat(path("\u001b[2J\r")).hasToString("\\x1b[2J\\x0d");
        assertThat(path("\u202egpj")).hasToString("\\xe2\\x80\\xaegpj");
        EntryPath latin = EntryPath.ROOT.child(new byte[] {'f', (byte) 0xfc, 'r', (byte) 0xc3});
        assertThat(latin).hasToString("f\\xfcr\\xc3");
        assertThat(latin.utf8()).isEmpty();
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }
}
