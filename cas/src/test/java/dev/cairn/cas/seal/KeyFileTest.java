package dev.cairn.cas.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import org.junit.jupiter.api.Test;

final class KeyFileTest {

    private static final RepositoryId REPOSITORY =
            RepositoryKeys.generate(new SeededEntropy(1)).repositoryId();

    private final KeyFile file = KeyFile.generate(REPOSITORY, new SeededEntropy(2));

    private static void assertRefused(String text, String expected) {
        assertThatThrownBy(() -> KeyFile.parse(text.getBytes(UTF_8), "my.key"))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("my.key")
                .hasMessageContaining(expected);
    }

    @Test
    void parse_encoded_isTheSameKey() {
        KeyFile read = KeyFile.parse(file.encode(), "my.key");

        assertThat(read.repositoryId()).isEqualTo(REPOSITORY);
        assertThat(read.key().matches(file.key())).isTrue();
        assertThat(file.toString())
                .doesNotContain(java.util.HexFormat.of().formatHex(file.key().copy()));
    }

    @Test
    void parse_otherLineEndsAndFieldsOfLater_isTheSameKey() {
        String text = "\r\n" + new String(file.encode(), UTF_8).replace("\n", "\r\n") + "note: kept in the safe\n\n";

        assertThat(KeyFile.parse(text.getBytes(UTF_8), "my.key").key().matches(file.key()))
                .isTrue();
    }

    @Test
    void parse_emptyOrForeign_isAWrongKey() {
        assertRefused("", "is empty");
        assertRefused("\n# only a comment\n", "is empty");
        assertRefused("-----BEGIN OPENSSH PRIVATE KEY-----\n", "is not a key file");
        assertRefused("\0\0\0\0", "is not a key file");
        assertRefused("x".repeat(5000), "more than 4096 bytes");
    }

    @Test
    void parse_damaged_isAWrongKey() {
        String text = new String(file.encode(), UTF_8);
        assertRefused(text.replaceAll("(?m)^key: .*$", ""), "has no key");
        assertRefused(text.replaceAll("(?m)^key: ..", "key: "), "has no key");
        assertRefused(text.replaceAll("(?m)^key: .", "key: x"), "not hex");
        assertRefused(text.replaceAll("(?m)^checksum: .*$", "checksum: 0000000000000000"), "checksum does not fit");
        assertRefused(text + "key: 00\n", "malformed");
        assertRefused(text + "no colon\n", "malformed");
        int key = text.indexOf("key: ", text.indexOf("repository:")) + 5;
        char other = text.charAt(key) == '0' ? '1' : '0';
        assertRefused(text.substring(0, key) + other + text.substring(key + 1), "checksum does not fit");
    }

    @Test
    void parse_laterVersion_asksForANewerCairn() {
        String text = new String(file.encode(), UTF_8).replace("cairn key file 1", "cairn key file 2");

        assertThatThrownBy(() -> KeyFile.parse(text.getBytes(UTF_8), "my.key"))
                .isInstanceOf(VersionMismatchException.class);
    }
}
