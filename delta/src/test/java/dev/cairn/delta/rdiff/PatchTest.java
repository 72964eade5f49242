package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchTest {
    private static final byte[] BASIS = "hello world".getBytes(StandardCharsets.US_ASCII);

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "45 00 05 00, hello",
        "46 06 0005 00, world",
        "49 0006 05 00, world",
        "54 0000000000000006 0000000000000005 00, world",
        "4d 00000000 0b 00, hello world",
        "02 6869 45 05 06 00, hi world",
        "41 02 6869 00, hi",
        "42 0002 6869 00, hi",
        "43 00000002 6869 00, hi",
        "44 0000000000000002 6869 00, hi",
        "45 0a 01 45 00 01 00, dh"
    })
    void apply_everyWidth_isRead(String commands, String expected) throws IOException {
        assertThat(Rdiff.patch(BASIS, hex("72730236" + commands)))
                .isEqualTo(expected.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, ends without",
        "727302, 3, ends without",
        "72730237 00, 0, not a delta",
        "72730147 00, 0, not a delta",
        "72730236, 4, ends without",
        "72730236 02 68, 6, ends in a literal",
        "72730236 02 6869, 7, ends without",
        "72730236 41 00 00, 4, length 0",
        "72730236 44 ffffffffffffffff 00, 4, length -1",
        "72730236 43 ffffffff 00, 4, limit",
        "72730236 45 00 00 00, 4, length 0",
        "72730236 45 00 0c 00, 4, reaches beyond",
        "72730236 45 0b 01 00, 4, reaches beyond",
        "72730236 51 ffffffffffffffff 01 00, 4, reaches beyond",
        "72730236 51 7fffffffffffffff 01 00, 4, reaches beyond",
        "72730236 48 00 7fffffffffffffff 00, 4, limit",
        "72730236 48 00 8000000000000000 00, 4, length -",
        "72730236 55 00, 4, no command 55",
        "72730236 01 61 ff 00, 6, no command ff",
        "72730236 54 0000, 7, ends without"
    })
    void apply_hostileDelta_isRefusedWithThePlace(String delta, long offset, String reason) {
        assertThatExceptionOfType(RdiffFormatException.class)
                .isThrownBy(() -> Patch.apply(
                        Basis.of(BASIS), new ByteArrayInputStream(hex(delta)), OutputStream.nullOutputStream(), 1000))
                .withMessageContaining(reason)
                .satisfies(refusal -> assertThat(refusal.offset()).isEqualTo(offset));
    }

    @Test
    void apply_shortDeltaOfALongFile_stopsAtTheLimit() {
        byte[] copies = hex("72730236" + "45000b".repeat(100) + "00");
        assertThatExceptionOfType(RdiffFormatException.class)
                .isThrownBy(() -> Patch.apply(
                        Basis.of(BASIS), new ByteArrayInputStream(copies), OutputStream.nullOutputStream(), 1099))
                .withMessageContaining("limit of 1099");
    }

    @Test
    void apply_anyTruncationOfADelta_isRefused() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        byte[] basis = EditedBytes.noise(random, 5000);
        byte[] target = EditedBytes.edited(random, basis);
        byte[] signature = Rdiff.signature(basis, new SignatureParameters(SignatureKind.RABINKARP_BLAKE2, 64, 32));
        byte[] delta = Rdiff.delta(signature, target);
        assertThat(Rdiff.patch(basis, delta)).isEqualTo(target);
        for (int length = 0; length < delta.length; length++) {
            byte[] part = Arrays.copyOf(delta, length);
            assertThatExceptionOfType(RdiffFormatException.class).isThrownBy(() -> Rdiff.patch(basis, part));
        }
    }

    @Test
    void apply_bytesBehindTheEnd_areLeftInTheStream() throws IOException {
        ByteArrayInputStream delta = new ByteArrayInputStream(hex("72730236 45 00 05 00 2a"));
        Patch.apply(Basis.of(BASIS), delta, OutputStream.nullOutputStream(), 5);
        assertThat(delta.read()).isEqualTo(0x2a);
    }

    @Test
    void apply_basisInAFile_isRead(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("basis"), BASIS);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FileChannel channel = FileChannel.open(file)) {
            Patch.apply(Basis.of(channel), new ByteArrayInputStream(hex("72730236 45 06 05 45 00 06 00")), out, 100);
            assertThatExceptionOfType(EOFException.class)
                    .isThrownBy(() -> Basis.of(channel).readFully(8, new byte[4], 0, 4));
        }
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("worldhello ");
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> Basis.of(BASIS).readFully(8, new byte[4], 0, 4));
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> Basis.of(BASIS).readFully(-1, new byte[4], 0, 4));
    }
}
