package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** RFC 5869, appendix A, and RFC 4231. */
final class DerivationTest {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void hkdf_firstVector_agrees() {
        byte[] key = HEX.parseHex("0b".repeat(22));
        byte[] salt = HEX.parseHex("000102030405060708090a0b0c");
        byte[] info = HEX.parseHex("f0f1f2f3f4f5f6f7f8f9");

        assertThat(HEX.formatHex(Derivation.hkdf(key, salt, info, 42)))
                .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    }

    @Test
    void hkdf_noSaltNoInfo_agrees() {
        byte[] key = HEX.parseHex("0b".repeat(22));

        assertThat(HEX.formatHex(Derivation.hkdf(key, new byte[0], new byte[0], 42)))
                .isEqualTo("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    }

    @Test
    void mac_partsAndLabel_areOneMessage() {
        Secret key = Secret.of(new byte[Secret.BYTES]);

        assertThat(Derivation.mac(key, "label", new byte[] {1}, new byte[] {2}))
                .isEqualTo(Derivation.mac(key, "label", new byte[] {1, 2}))
                .isNotEqualTo(Derivation.mac(key, "other", new byte[] {1, 2}));
    }

    @Test
    void toString_secret_saysNothing() {
        assertThat(Secret.of(HEX.parseHex("ab".repeat(32)))).hasToString("secret");
        assertThat(RepositoryKeys.generate(new SeededEntropy(1)).toString()).startsWith("keys of repository ");
    }
}
