package dev.cairn.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.Chunker;
import dev.cairn.chunker.GearCutter;
import dev.cairn.chunker.GearTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked example and the test vectors of the format, calculated again, by the JDK alone where it can. */
final class WorkedExampleTest {
    private static final Document FORMAT = Document.ofProject("format.md");
    private static final HexFormat HEX = HexFormat.of();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static byte[] bytes(String hex) {
        return HEX.parseHex(hex.replaceAll("\\s", ""));
    }

    private static byte[] goldenRecord() {
        return bytes(FORMAT.block("golden: record-page.bin"));
    }

    /** The root secret of the golden files. */
    private static byte[] root() {
        byte[] root = new byte[32];
        IntStream.range(0, root.length).forEach(i -> root[i] = (byte) i);
        return root;
    }

    private static byte[] subkey(String name) throws GeneralSecurityException {
        HKDFParameterSpec parameters = HKDFParameterSpec.ofExtract()
                .addIKM(root())
                .addSalt(new byte[32])
                .thenExpand(("cairn " + name + " 1").getBytes(US_ASCII), 32);
        return KDF.getInstance("HKDF-SHA256").deriveData(parameters);
    }

    @Test
    void record_inThePage_isTheGoldenFile() throws IOException {
        Path file = SourceTree.ofProject().root().resolve("cas/src/test/resources/golden/v1/record-page.bin");
        assertThat(goldenRecord()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void script_underBash_printsWhatThePageSays() throws Exception {
        assumeTrue(runs("bash", "--version"), "bash is missing");
        assumeTrue(runs("openssl", "kdf", "-help"), "openssl 3 is missing");
        Files.writeString(folder.resolve("page.hex"), FORMAT.block("golden: record-page.bin"));
        Files.writeString(folder.resolve("example.sh"), "set -eu\n" + FORMAT.block("example: sh"));

        Process process = new ProcessBuilder("bash", "example.sh")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(output).isEqualTo(FORMAT.block("example: output"));
        assertThat(process.waitFor()).isZero();
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What the script leaves out: the tag, over the repository id and the header. */
    @Test
    void tag_underTheRecordKey_isRight() throws GeneralSecurityException {
        Map<String, byte[]> printed = new HashMap<>();
        FORMAT.block("example: output").lines().forEach(line -> {
            int blank = line.lastIndexOf(' ');
            printed.put(line.substring(0, blank), bytes(line.substring(blank + 1)));
        });
        byte[] record = goldenRecord();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(printed.getOrDefault("record key", new byte[0]), "AES"),
                new GCMParameterSpec(128, record, 188 + 12, 12));
        cipher.updateAAD(printed.getOrDefault("repository id", new byte[0]));
        cipher.updateAAD(record, 0, 188);

        assertThat(cipher.doFinal(record, 212, record.length - 212)).isEqualTo(printed.get("sealed"));
    }

    @Test
    void subkeys_ofTheGoldenRootSecret_areThose() throws GeneralSecurityException {
        List<Document.Row> rows = FORMAT.rows("vector: subkeys");
        assertThat(rows).hasSize(7);
        for (Document.Row row : rows) {
            assertThat(HEX.formatHex(subkey(row.cell("subkey")))).isEqualTo(row.cell("value"));
        }
    }

    @Test
    void cuts_ofTheVector_areThose() throws Exception {
        ByteBuffer content = ByteBuffer.allocate(1 << 20);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (int i = 0; content.hasRemaining(); i++) {
            content.put(sha256.digest(ByteBuffer.allocate(4).putInt(i).array()));
        }
        List<Integer> lengths = new ArrayList<>();
        GearTable table = GearTable.keyed(subkey("chunker key"));
        new Chunker(new GearCutter(table, ChunkProfile.DEFAULT))
                .file(new ByteArrayInputStream(content.array())::read, chunk -> lengths.add(chunk.length()));

        List<Integer> said = Arrays.stream(FORMAT.block("vector: cuts").split("\\s+"))
                .map(Integer::valueOf)
                .toList();
        assertThat(lengths).isEqualTo(said);
        Method entries = GearTable.class.getDeclaredMethod("entries");
        entries.setAccessible(true);
        assertThat(FORMAT.text()).contains("`table[0]` is " + HEX.toHexDigits(((long[]) entries.invoke(table))[0]));
    }

    @Test
    void padding_ofTheVector_isThat() throws ReflectiveOperationException {
        Document.Row row = FORMAT.rows("vector: padding").getFirst();
        Method padded = Class.forName("dev.cairn.cas.seal.Padding").getDeclaredMethod("padded", int.class);
        padded.setAccessible(true);
        assertThat(row.cells()).hasSizeGreaterThan(5);
        for (String size : row.cells().keySet()) {
            if (!size.equals("n")) {
                assertThat(padded.invoke(null, Integer.valueOf(size))).hasToString(row.cell(size));
            }
        }
    }

    @Test
    void boundary_ofTheVector_isThat() throws GeneralSecurityException {
        long hash = PageBoundary.keyed(subkey("manifest key")).hash(0, new byte[] {'a'});
        assertThat(Document.ofProject("format-manifest.md").text()).contains("is " + HEX.toHexDigits(hash));
    }
}
