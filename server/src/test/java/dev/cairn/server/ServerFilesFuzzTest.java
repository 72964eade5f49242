package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The files of a server's data folder, and codes as people type them. */
final class ServerFilesFuzzTest extends FuzzSuite {

    private static final Parsing PARSING =
            Parsing.refusedBy(CorruptDataException.class, VersionMismatchException.class);
    private static final Parsing TEXT = Parsing.refusedBy(IllegalArgumentException.class);
    private static final Instant TIME = Instant.parse("2026-11-28T10:00:00.5Z");

    private static long bytesMax(byte[] input) {
        return Parsing.FIXED_BYTES + 200L * input.length;
    }

    private static AuditEntry entry(long sequence, AuditEntry.Operation operation) {
        return new AuditEntry(
                sequence, TIME, new DeviceId(1, 2), operation, Map.of("branch", "größer\tals % \n", "records", "3"));
    }

    private static byte[] log(String... lines) {
        StringBuilder text = new StringBuilder("cairn log 1\t1\t" + "0".repeat(64) + "\n");
        AuditChain.Head head = AuditChain.START;
        for (String line : lines) {
            head = head.then(line);
            text.append(line).append('\t').append(head.hex()).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static AccessList list() {
        Secrets.Hash hash = Secrets.hash("a test", new byte[3]);
        AccessList.Grant grant =
                new AccessList.Grant(new byte[32], "laptop", new Scope("default", ""), Role.APPEND, TIME, TIME, hash);
        AccessList.Code code = new AccessList.Code(hash, Scope.ALL, Role.ADMIN, TIME, TIME.plusSeconds(60), null);
        return AccessList.EMPTY
                .with(code, TIME)
                .with(grant, code)
                .with(new Scope("default", "photos"), new Quota(1 << 20, Quota.NONE, 3, 4));
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() throws Exception {
        String first = entry(1, AuditEntry.Operation.MOVE).line();
        String second = entry(2, AuditEntry.Operation.REFUSED).line();
        Path folder = Files.createTempDirectory("tls");
        ServerCertificate made = ServerCertificate.selfMade(folder, TIME);
        byte[] pem = (made.certificatePem() + "\0" + made.keyPem()).getBytes(StandardCharsets.US_ASCII);
        for (String name : List.of("certificate.pem", "key.pem")) {
            Files.delete(folder.resolve(name));
        }
        Files.delete(folder);
        return Map.of(
                "access",
                Map.of("one-of-each", list().encode()),
                "auditEntry",
                Map.of("move", first.getBytes(StandardCharsets.ISO_8859_1)),
                "auditFile",
                Map.of("two", log(first, second)),
                "auditLines",
                Map.of("two", (first + "\n" + second).getBytes(StandardCharsets.ISO_8859_1)),
                "certificate",
                Map.of("self-made", pem),
                "enrolmentCode",
                Map.of("code", "ABCDE-FGHJK-MNPQR-STVWX-YZ012".getBytes(StandardCharsets.US_ASCII)));
    }

    /** The body of the file {@code access}. */
    @FuzzTest
    void access(byte[] input) {
        PARSING.value(bytesMax(input), () -> AccessList.decode(input, "fuzz")).ifPresent(list -> {
            byte[] encoded = list.encode();
            assertThat(PARSING.accepted(() -> AccessList.decode(encoded, "again"))
                            .grants())
                    .usingRecursiveComparison()
                    .isEqualTo(list.grants());
            list.grants().forEach(grant -> assertThat(list.uploader(grant.id())).isPositive());
        });
    }

    @FuzzTest
    void auditEntry(byte[] input) {
        String line = new String(input, StandardCharsets.ISO_8859_1);
        TEXT.value(bytesMax(input), () -> AuditEntry.parse(line))
                .ifPresent(entry -> assertThat(entry.line()).doesNotContain("\n"));
    }

    /** A file of a log as it is. */
    @FuzzTest
    void auditFile(byte[] input) throws IOException {
        scan(input);
    }

    /** Lines of a log with the hashes that they need, and so up to what they say. */
    @FuzzTest
    void auditLines(byte[] input) throws IOException {
        scan(log(new String(input, StandardCharsets.ISO_8859_1).split("\n", -1)));
    }

    private static void scan(byte[] input) throws IOException {
        Path file = Files.createTempFile("audit", ".log");
        try {
            Files.write(file, input);
            List<AuditEntry> entries = new ArrayList<>();
            AuditChain.Found found =
                    PARSING.accepted(() -> AuditChain.scan(file, null, (entry, hash) -> entries.add(entry)));
            assertThat(found.goodBytes()).isBetween(0L, (long) input.length);
            byte[] good = Arrays.copyOf(input, (int) found.goodBytes());
            Files.write(file, good);
            AuditChain.Found again = PARSING.accepted(() -> AuditChain.scan(file, null, (entry, hash) -> {}));
            assertThat(again.head()).usingRecursiveComparison().isEqualTo(found.head());
            assertThat(again.damage()).isNull();
        } finally {
            Files.delete(file);
        }
    }

    /** Certificate and key in PEM, a zero byte between them. */
    @FuzzTest
    void certificate(byte[] input) throws IOException {
        int zero = 0;
        while (zero < input.length && input[zero] != 0) {
            zero++;
        }
        Path folder = Files.createTempDirectory("tls");
        Path certificate = folder.resolve("certificate.pem");
        Path key = folder.resolve("key.pem");
        try {
            Files.write(certificate, Arrays.copyOf(input, zero));
            Files.write(key, Arrays.copyOfRange(input, Math.min(zero + 1, input.length), input.length));
            PARSING.value(16 * bytesMax(input), () -> ServerCertificate.load(certificate, key))
                    .ifPresent(loaded -> assertThat(loaded.keyPem()).startsWith("-----BEGIN PRIVATE KEY-----"));
        } finally {
            Files.delete(certificate);
            Files.delete(key);
            Files.delete(folder);
        }
    }

    /** However it is typed, it is one code, which has a hash. */
    @FuzzTest
    void enrolmentCode(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        ByteArrayOutputStream spaced = new ByteArrayOutputStream();
        spaced.writeBytes(" - ".getBytes(StandardCharsets.US_ASCII));
        spaced.writeBytes(input);
        assertThat(TEXT.accepted(() -> EnrolmentCode.hash(text)))
                .isEqualTo(EnrolmentCode.hash(spaced.toString(StandardCharsets.UTF_8)));
    }
}
