package dev.cairn.cas.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.junit.jupiter.api.Test;

/** The vectors are those of c2sp.org/XAES-256-GCM. */
final class Xaes256GcmTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] NONCE = "ABCDEFGHIJKLMNOPQRSTUVWX".getBytes(US_ASCII);

    private static byte[] seal(Xaes256Gcm cipher, byte[] nonce, byte[] plain, byte[] associated) {
        byte[] buffer = Arrays.copyOf(plain, plain.length + Xaes256Gcm.TAG_BYTES);
        cipher.seal(nonce, 0, buffer, 0, plain.length, Xaes256Gcm.Part.of(associated));
        return buffer;
    }

    private static Secret repeated(int octet) {
        byte[] key = new byte[Secret.BYTES];
        Arrays.fill(key, (byte) octet);
        return Secret.of(key);
    }

    @Test
    void seal_firstPublishedVector_agrees() {
        Xaes256Gcm cipher = new Xaes256Gcm(repeated(1));

        assertThat(HEX.formatHex(cipher.derivedKey(NONCE, 0)))
                .isEqualTo("c8612c9ed53fe43e8e005b828a1631a0bbcb6ab2f46514ec4f439fcfd0fa969b");
        assertThat(HEX.formatHex(seal(cipher, NONCE, "XAES-256-GCM".getBytes(US_ASCII), new byte[0])))
                .isEqualTo("ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
    }

    @Test
    void seal_secondPublishedVector_agrees() {
        Xaes256Gcm cipher = new Xaes256Gcm(repeated(3));
        byte[] associated = "c2sp.org/XAES-256-GCM".getBytes(US_ASCII);

        assertThat(HEX.formatHex(cipher.derivedKey(NONCE, 0)))
                .isEqualTo("e9c621d4cdd9b11b00a6427ad7e559aeedd66b3857646677748f8ca796cb3fd8");
        assertThat(HEX.formatHex(seal(cipher, NONCE, "XAES-256-GCM".getBytes(US_ASCII), associated)))
                .isEqualTo("986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
    }

    /** Ten thousand messages of made-up lengths, folded into one digest. */
    @Test
    void seal_accumulatedVector_agrees() throws AEADBadTagException {
        SHAKEDigest source = new SHAKEDigest(128);
        SHAKEDigest sink = new SHAKEDigest(128);
        for (int i = 0; i < 10_000; i++) {
            Xaes256Gcm cipher = new Xaes256Gcm(Secret.of(squeeze(source, Secret.BYTES)));
            byte[] nonce = squeeze(source, Xaes256Gcm.NONCE_BYTES);
            byte[] plain = squeeze(source, squeeze(source, 1)[0] & 0xff);
            byte[] associated = squeeze(source, squeeze(source, 1)[0] & 0xff);
            byte[] sealed = seal(cipher, nonce, plain, associated);
            assertThat(cipher.open(nonce, 0, sealed, 0, sealed.length, Xaes256Gcm.Part.of(associated)))
                    .isEqualTo(plain);
            sink.update(sealed, 0, sealed.length);
        }
        assertThat(HEX.formatHex(squeeze(sink, 32)))
                .isEqualTo("e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939");
    }

    private static byte[] squeeze(SHAKEDigest shake, int bytes) {
        byte[] out = new byte[bytes];
        shake.doOutput(out, 0, bytes);
        return out;
    }

    @Test
    void open_anyByteChanged_fails() {
        Xaes256Gcm cipher = new Xaes256Gcm(repeated(7));
        byte[] sealed = seal(cipher, NONCE, "plain".getBytes(US_ASCII), new byte[] {1, 2});
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() ->
                            cipher.open(NONCE, 0, changed, 0, changed.length, Xaes256Gcm.Part.of(new byte[] {1, 2})))
                    .isInstanceOf(AEADBadTagException.class);
        }
        assertThatThrownBy(() -> cipher.open(NONCE, 0, sealed, 0, sealed.length, Xaes256Gcm.Part.of(new byte[] {1, 3})))
                .isInstanceOf(AEADBadTagException.class);
    }
}
