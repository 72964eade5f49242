package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.InvalidKeyException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** RFC 7748, section 6.1. */
final class X25519Test {

    private static final HexFormat HEX = HexFormat.of();
    private static final Secret BOB =
            Secret.of(HEX.parseHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
    private static final String BOB_PUBLIC = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    private static final String ALICE_PUBLIC = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

    @Test
    void publicKey_publishedVector_agrees() {
        assertThat(HEX.formatHex(X25519.publicKey(BOB))).isEqualTo(BOB_PUBLIC);
    }

    @Test
    void agree_publishedVector_agrees() throws InvalidKeyException {
        assertThat(HEX.formatHex(X25519.agree(BOB, HEX.parseHex(ALICE_PUBLIC))))
                .isEqualTo("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    }

    @Test
    void agree_keyOfSmallOrder_isRefused() {
        assertThatThrownBy(() -> X25519.agree(BOB, new byte[32])).isInstanceOf(InvalidKeyException.class);
    }
}
