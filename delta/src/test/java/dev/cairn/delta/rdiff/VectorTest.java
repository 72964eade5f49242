package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** librsync's own vectors: the small ones as facts, the others where they lie beside the project. */
class VectorTest {
    private static Path vectors() {
        Path here = Path.of("").toAbsolutePath();
        Optional<Path> folder = Stream.iterate(here, each -> each != null, Path::getParent)
                .map(each -> each.resolveSibling("shared/vectors/librsync"))
                .filter(Files::isDirectory)
                .findFirst();
        assumeThat(folder)
                .as("skipped: no ../shared/vectors/librsync beside the project")
                .isPresent();
        return folder.orElseThrow();
    }

    private static List<byte[]> inputs(String folder) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(vectors().resolve(folder))) {
            for (Path file : files.sorted().toList()) {
                inputs.add(Files.readAllBytes(file));
            }
        }
        assertThat(inputs).isNotEmpty();
        return inputs;
    }

    private static String fileName(SignatureKind kind) {
        return switch (kind) {
            case ROLLSUM_MD4 -> "Rrollsum-Hmd4";
            case ROLLSUM_BLAKE2 -> "Rrollsum-Hblake2";
            case RABINKARP_MD4 -> "Rrabinkarp-Hmd4";
            case RABINKARP_BLAKE2 -> "Rrabinkarp-Hblake2";
        };
    }

    @ParameterizedTest
    @EnumSource
    void signature_publishedInput_isThePublishedSignature(SignatureKind kind) throws IOException {
        Path folder = vectors().resolve("signature.input");
        byte[] basis = Files.readAllBytes(folder.resolve("01.input"));
        int block = SignatureParameters.recommendedBlockBytes(basis.length);
        for (int asked : new int[] {-1, 0, 8}) {
            int strong = switch (asked) {
                case -1 -> SignatureParameters.strongBytesMin(basis.length, block);
                case 0 -> kind.strongBytesMax();
                default -> asked;
            };
            Path file = folder.resolve("01-%s-S%d.sig".formatted(fileName(kind), asked));
            assertThat(Rdiff.signature(basis, new SignatureParameters(kind, block, strong)))
                    .as(file.getFileName().toString())
                    .isEqualTo(Files.readAllBytes(file));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "7273023600, ''",
        "727302360568656c6c6f00, hello",
        "727302360568656c6c6f0720776f726c640a00, hello world\\n"
    })
    void patch_publishedDelta_givesThePublishedOutput(String delta, String expected) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(delta);
        assertThat(Rdiff.patch(new byte[0], bytes))
                .isEqualTo(expected.replace("\\n", "\n").getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @EnumSource
    void roundTrip_publishedInputs_comeBack(SignatureKind kind) throws IOException {
        List<byte[]> inputs = inputs("triple.input");
        inputs.addAll(inputs("changes.input"));
        for (byte[] basis : inputs) {
            for (int block : new int[] {13, 256, 2048}) {
                byte[] signature = Rdiff.signature(basis, new SignatureParameters(kind, block, kind.strongBytesMax()));
                for (byte[] target : inputs) {
                    assertThat(Rdiff.patch(basis, Rdiff.delta(signature, target)))
                            .isEqualTo(target);
                }
            }
        }
    }

    @Test
    void signature_ofNothing_isTheBareHeader() throws IOException {
        SignatureParameters parameters = SignatureParameters.recommended(SignatureKind.RABINKARP_BLAKE2, 0);
        assertThat(Rdiff.signature(new byte[0], parameters))
                .isEqualTo(HexFormat.of().parseHex("727301470000010000000020"));
    }
}
