package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Signatures and deltas of rdiff from anywhere. */
final class RdiffFuzzTest extends FuzzSuite {

    private static final int TARGET_BYTES_MAX = 1 << 16;
    private static final byte[] BASIS = bytes(3000, 1);
    private static final byte[] CHANGED = changed();
    private static final Parsing PARSING = Parsing.refusedBy(RdiffFormatException.class);

    private static byte[] bytes(int length, int step) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * step ^ i >>> 3);
        }
        return bytes;
    }

    private static byte[] changed() {
        byte[] changed = new byte[BASIS.length + 100];
        System.arraycopy(BASIS, 0, changed, 0, 1000);
        System.arraycopy(bytes(100, 7), 0, changed, 1000, 100);
        System.arraycopy(BASIS, 1000, changed, 1100, BASIS.length - 1000);
        return changed;
    }

    private static byte[] signature(SignatureKind kind, int blockBytes, int strongBytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SignatureWriter.write(
                new ByteArrayInputStream(BASIS), out, new SignatureParameters(kind, blockBytes, strongBytes));
        return out.toByteArray();
    }

    private static byte[] delta(Signature signature, byte[] fresh) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DeltaWriter.write(signature, new ByteArrayInputStream(fresh), out);
        return out.toByteArray();
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() throws IOException {
        Map<String, byte[]> signatures = new LinkedHashMap<>();
        for (SignatureKind kind : SignatureKind.values()) {
            signatures.put(kind.name(), signature(kind, 256, 8));
        }
        Signature whole = Signature.read(new ByteArrayInputStream(signature(SignatureKind.RABINKARP_BLAKE2, 256, 8)));
        return Map.of(
                "signature",
                signatures,
                "patch",
                Map.of(
                        "changed",
                        delta(whole, CHANGED),
                        "same",
                        delta(whole, BASIS),
                        "empty",
                        delta(whole, new byte[0])));
    }

    /** A signature from a peer, and the delta that is made of it: as long as the file and its literals at most. */
    @FuzzTest
    void signature(byte[] input) throws IOException {
        Optional<Signature> read = PARSING.value(
                Parsing.FIXED_BYTES + 8L * input.length, () -> Signature.read(new ByteArrayInputStream(input)));
        if (read.isEmpty()) {
            return;
        }
        Signature signature = read.get();
        assertThat(signature.blocks()).isLessThanOrEqualTo(input.length);
        byte[] delta = PARSING.value(
                        Parsing.FIXED_BYTES + 2L * SignatureParameters.BLOCK_BYTES_MAX + (1 << 20),
                        () -> delta(signature, CHANGED))
                .orElseThrow();
        assertThat(delta).hasSizeLessThan(CHANGED.length + 100);
        PARSING.value(Long.MAX_VALUE, () -> patched(delta));
    }

    /** A delta from a peer, on a basis of our own. */
    @FuzzTest
    void patch(byte[] input) {
        PARSING.value(Parsing.FIXED_BYTES + 8L * TARGET_BYTES_MAX, () -> patched(input))
                .ifPresent(fresh -> assertThat(fresh).hasSizeLessThanOrEqualTo(TARGET_BYTES_MAX));
    }

    private static byte[] patched(byte[] delta) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long length = Patch.apply(Basis.of(BASIS), new ByteArrayInputStream(delta), out, TARGET_BYTES_MAX);
        assertThat(length).isEqualTo(out.size());
        return out.toByteArray();
    }
}
