package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureTest {
    private static Signature read(String hex) throws IOException {
        return Signature.read(new ByteArrayInputStream(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, header",
        "72730147 00000100 000000, 11, header",
        "72730136 00000000 00000008, 4, block length 0",
        "72730136 ffffffff 00000008, 4, block length -1",
        "72730136 01000001 00000008, 4, block length 16777217",
        "72730136 00000100 00000000, 4, strong sum length 0",
        "72730136 00000100 00000011, 4, strong sum length 17",
        "72730146 00000100 00000020, 4, strong sum length 32",
        "72730147 00000100 00000021, 4, strong sum length 33",
        "72730137 00000100 ffffffff, 4, strong sum length -1",
        "72730236 00000100 00000008, 0, not a signature",
        "00000000 00000100 00000008, 0, not a signature",
        "72730147 00000100 00000002 00000000 00, 17, inside",
        "72730147 00000100 00000002 00000000 0000 00, 19, inside"
    })
    void read_hostileSignature_isRefusedWithThePlace(String hex, long offset, String reason) {
        assertThatExceptionOfType(RdiffFormatException.class)
                .isThrownBy(() -> read(hex))
                .withMessageContaining(reason)
                .satisfies(refusal -> assertThat(refusal.offset()).isEqualTo(offset));
    }

    @Test
    void read_endlessSignature_isRefusedAtTheLimit() {
        InputStream endless = new InputStream() {
            private final byte[] header = HexFormat.of().parseHex("727301470000010000000001");
            private int at;

            @Override
            public int read() {
                return at < header.length ? header[at++] : 0;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                if (at < header.length) {
                    target[offset] = header[at++];
                    return 1;
                }
                return length;
            }
        };
        assertThatExceptionOfType(RdiffFormatException.class)
                .isThrownBy(() -> Signature.read(endless))
                .withMessageContaining("more than 8388608 blocks");
    }

    @Test
    void candidate_everyBlockOfNoise_isFound() throws IOException {
        System.out.println("seed=1");
        byte[] basis = EditedBytes.noise(new SplittableRandom(1), 64 * 5000);
        for (SignatureKind kind : SignatureKind.values()) {
            byte[] bytes = Rdiff.signature(basis, new SignatureParameters(kind, 64, 16));
            Signature signature = Signature.read(new ByteArrayInputStream(bytes));
            assertThat(signature.blocks()).isEqualTo(5000);
            int found = 0;
            for (int block = 0; block < 5000; block++) {
                for (int each = signature.candidate(signature.weak(block)); each >= 0; each = signature.next(each)) {
                    found += each == block ? 1 : 0;
                }
            }
            assertThat(found).as("%s", kind).isEqualTo(5000);
        }
    }

    @Test
    void read_blocksThatShareAWeakSum_keepsAShortChain() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(SignatureKind.RABINKARP_BLAKE2.magic());
        out.writeInt(256);
        out.writeInt(8);
        for (int block = 0; block < 300_000; block++) {
            out.writeInt(77);
            out.writeLong(block);
        }
        Signature signature = Signature.read(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(signature.blocks()).isEqualTo(300_000);
        int length = 0;
        for (int block = signature.candidate(77); block >= 0; block = signature.next(block)) {
            length++;
        }
        assertThat(length).isEqualTo(8);
        assertThat(signature.candidate(78)).isEqualTo(Signature.NONE);
    }

    @Test
    void strongBytesMin_publishedCases_areThoseOfRdiff() {
        assertThat(SignatureParameters.strongBytesMin(26_532, 256)).isEqualTo(6);
        assertThat(SignatureParameters.strongBytesMin(0, 256)).isEqualTo(5);
        assertThat(SignatureParameters.strongBytesMin(3_000_000, 1664)).isEqualTo(7);
        assertThat(SignatureParameters.strongBytesMin(-1, 2048)).isEqualTo(12);
        assertThat(SignatureParameters.recommendedBlockBytes(-1)).isEqualTo(2048);
        assertThat(SignatureParameters.recommendedBlockBytes(Long.MAX_VALUE)).isEqualTo(16 << 20);
        assertThatIllegalArgumentException().isThrownBy(() -> SignatureParameters.strongBytesMin(5, 0));
    }
}
