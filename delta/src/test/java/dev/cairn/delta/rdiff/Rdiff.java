package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The real {@code rdiff} where it is installed, and our own in one call each. */
final class Rdiff {
    private Rdiff() {}

    static byte[] signature(byte[] basis, SignatureParameters parameters) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(SignatureWriter.write(new ByteArrayInputStream(basis), out, parameters))
                .isEqualTo(basis.length);
        return out.toByteArray();
    }

    static byte[] delta(byte[] signature, byte[] target) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Signature read = Signature.read(new ByteArrayInputStream(signature));
        assertThat(DeltaWriter.write(read, new ByteArrayInputStream(target), out))
                .isEqualTo(target.length);
        return out.toByteArray();
    }

    static byte[] patch(byte[] basis, byte[] delta) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long length = Patch.apply(Basis.of(basis), new ByteArrayInputStream(delta), out, Integer.MAX_VALUE);
        assertThat(length).isEqualTo(out.size());
        return out.toByteArray();
    }

    static void assumeInstalled() {
        boolean installed = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "rdiff")));
        assumeThat(installed)
                .as("skipped: rdiff (package rdiff) is not installed")
                .isTrue();
    }

    /** Runs the real rdiff with files that hold {@code inputs} after its arguments; the answer is what it wrote to its last file. */
    static byte[] run(Path folder, List<String> arguments, byte[]... inputs) throws Exception {
        List<String> command = new ArrayList<>(List.of("rdiff", "-f"));
        command.addAll(arguments);
        for (int i = 0; i < inputs.length; i++) {
            command.add(Files.write(folder.resolve("input" + i), inputs[i]).toString());
        }
        Path output = folder.resolve("output");
        command.add(output.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
        return Files.readAllBytes(output);
    }

    static List<String> signatureArguments(SignatureParameters parameters) {
        String weak = switch (parameters.kind()) {
            case ROLLSUM_MD4, ROLLSUM_BLAKE2 -> "rollsum";
            case RABINKARP_MD4, RABINKARP_BLAKE2 -> "rabinkarp";
        };
        String strong = switch (parameters.kind()) {
            case ROLLSUM_MD4, RABINKARP_MD4 -> "md4";
            case ROLLSUM_BLAKE2, RABINKARP_BLAKE2 -> "blake2";
        };
        return Arrays.asList(
                "-R",
                weak,
                "-H",
                strong,
                "-b",
                "" + parameters.blockBytes(),
                "-S",
                "" + parameters.strongBytes(),
                "signature");
    }
}
