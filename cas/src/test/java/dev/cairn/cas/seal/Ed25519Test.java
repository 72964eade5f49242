package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** RFC 8032, section 7.1. */
final class Ed25519Test {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void sign_secondVector_agrees() {
        Secret key = Secret.of(HEX.parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
        byte[] signature = Ed25519.sign(key, new byte[] {0x72});

        assertThat(HEX.formatHex(Ed25519.publicKey(key)))
                .isEqualTo("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        assertThat(HEX.formatHex(signature))
                .isEqualTo("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        assertThat(Ed25519.verify(Ed25519.publicKey(key), signature, new byte[] {0x72}))
                .isTrue();
    }

    @Test
    void publicKey_manySeeds_verifiesWhatTheySign() {
        SeededEntropy entropy = new SeededEntropy(1);
        for (int i = 0; i < 50; i++) {
            Secret key = Secret.random(entropy);
            byte[] signature = Ed25519.sign(key, new byte[] {1}, new byte[] {2});

            assertThat(Ed25519.verify(Ed25519.publicKey(key), signature, new byte[] {1, 2}))
                    .isTrue();
        }
    }

    @Test
    void verify_anythingElse_isFalse() {
        SeededEntropy entropy = new SeededEntropy(2);
        Secret key = Secret.random(entropy);
        byte[] publicKey = Ed25519.publicKey(key);
        byte[] signature = Ed25519.sign(key, new byte[] {1});
        for (int i = 0; i < signature.length; i++) {
            byte[] changed = signature.clone();
            changed[i] ^= 1;
            assertThat(Ed25519.verify(publicKey, changed, new byte[] {1})).isFalse();
        }
        assertThat(Ed25519.verify(publicKey, signature, new byte[] {2})).isFalse();
        assertThat(Ed25519.verify(publicKey, new byte[0], new byte[] {1})).isFalse();
        assertThat(Ed25519.verify(new byte[31], signature, new byte[] {1})).isFalse();
        byte[] noPoint = new byte[32];
        java.util.Arrays.fill(noPoint, (byte) 0xff);
        assertThat(Ed25519.verify(noPoint, signature, new byte[] {1})).isFalse();
        assertThat(Ed25519.verify(Ed25519.publicKey(Secret.random(entropy)), signature, new byte[] {1}))
                .isFalse();
    }
}
