package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.ProtocolVersions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCertificateTest {

    private static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private Path certificate;
    private Path key;

    @BeforeEach
    void place() {
        certificate = folder.resolve("certificate.pem");
        key = folder.resolve("key.pem");
    }

    @Test
    void selfMade_again_isTheSame() throws IOException {
        ServerCertificate made = ServerCertificate.selfMade(folder, NOW);
        byte[] before = Files.readAllBytes(certificate);
        ServerCertificate again = ServerCertificate.selfMade(folder, NOW.plusSeconds(100_000));
        assertThat(again).isEqualTo(made);
        assertThat(Files.readAllBytes(certificate)).isEqualTo(before);
        assertThat(made.toString()).contains(made.fingerprint().toString()).doesNotContain("PRIVATE");
    }

    @Test
    void selfMade_files_areReadableByTheirOwnerAlone() throws IOException {
        ServerCertificate.selfMade(folder, NOW);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files.toList()).containsExactlyInAnyOrder(certificate, key);
        }
    }

    @Test
    void selfMade_inAnotherFolder_hasAnotherKey() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        assertThat(ServerCertificate.selfMade(folder, NOW).fingerprint())
                .isNotEqualTo(ServerCertificate.selfMade(other, NOW).fingerprint());
    }

    @Test
    void selfMade_certificate_namesNobodyAndHoldsForALifetime() throws Exception {
        ServerCertificate made = ServerCertificate.selfMade(folder, NOW);
        X509Certificate read = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(made.certificatePem().getBytes(StandardCharsets.US_ASCII)));
        assertThat(read.getSubjectX500Principal().getName()).isEqualTo("CN=cairn");
        assertThat(read.getSubjectAlternativeNames()).isNull();
        read.checkValidity(Date.from(NOW.minusSeconds(3600)));
        read.checkValidity(Date.from(Instant.parse("2100-01-01T00:00:00Z")));
        assertThat(Fingerprint.of(read.getPublicKey())).isEqualTo(made.fingerprint());
    }

    /** The key is written first. */
    @Test
    void selfMade_afterAnInterruptedStart_makesBothAnew() throws IOException {
        Files.writeString(key, "half a k");
        ServerCertificate made = ServerCertificate.selfMade(folder, NOW);
        assertThat(ServerCertificate.load(certificate, key)).isEqualTo(made);
    }

    @Test
    void selfMade_keyIsGone_isNotReplacedSilently() throws IOException {
        ServerCertificate.selfMade(folder, NOW);
        Files.delete(key);
        assertThatThrownBy(() -> ServerCertificate.selfMade(folder, NOW))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(key.toString());
        assertThat(key).doesNotExist();
    }

    @Test
    void load_keyOfAnotherCertificate_isRefusedNamingBoth() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        ServerCertificate.selfMade(folder, NOW);
        ServerCertificate.selfMade(other, NOW);
        assertThatThrownBy(() -> ServerCertificate.load(certificate, other.resolve("key.pem")))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(certificate.toString())
                .hasMessageContaining(other.resolve("key.pem").toString());
    }

    @Test
    void load_keyOfAnotherAlgorithm_isRefused() throws Exception {
        ServerCertificate.selfMade(folder, NOW);
        Files.writeString(key, pem(pair("RSA")));
        assertThatThrownBy(() -> ServerCertificate.load(certificate, key))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("another key");
    }

    /** The forms that openssl writes: SEC 1 and PKCS #1, of a key and its certificate, others of the chain after it. */
    @Test
    void load_traditionalFormsAndChain_areRead() throws Exception {
        for (String algorithm : new String[] {"EC", "RSA"}) {
            KeyPair pair = pair(algorithm);
            Files.writeString(key, pem(pair));
            Files.writeString(certificate, pem(certificate(pair)) + pem(certificate(pair("EC"))));
            assertThat(Files.readString(key)).contains("-----BEGIN " + algorithm + " PRIVATE KEY-----");
            ServerCertificate loaded = ServerCertificate.load(certificate, key);
            assertThat(loaded.fingerprint()).isEqualTo(Fingerprint.of(pair.getPublic()));
            assertThat(loaded.keyPem()).startsWith("-----BEGIN PRIVATE KEY-----");
            assertThat(loaded.certificatePem()).isEqualTo(Files.readString(certificate));
        }
    }

    @Test
    void load_keyThatCannotBeServed_isRefused() throws Exception {
        KeyPair pair = pair("Ed25519");
        Files.writeString(key, pem(pair));
        Files.writeString(certificate, pem(certificate(pair)));
        assertThatThrownBy(() -> ServerCertificate.load(certificate, key))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("EC or RSA")
                .hasMessageContaining("EdDSA");
    }

    @Test
    void load_whatIsNoPem_isRefusedNamingTheFile() throws Exception {
        ServerCertificate.selfMade(folder, NOW);
        String wholeCertificate = Files.readString(certificate);
        String wholeKey = Files.readString(key);
        String broken = wholeKey.replace("\n", "\n!");
        for (String bad : new String[] {"", "nothing", wholeCertificate, broken, wholeKey.substring(0, 60)}) {
            Files.writeString(key, bad);
            assertThatThrownBy(() -> ServerCertificate.load(certificate, key))
                    .as(bad)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(key.toString());
        }
        Files.writeString(key, wholeKey);
        for (String bad : new String[] {"", "nothing", wholeKey, wholeCertificate.substring(0, 60)}) {
            Files.writeString(certificate, bad);
            assertThatThrownBy(() -> ServerCertificate.load(certificate, key))
                    .as(bad)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(certificate.toString());
        }
    }

    @Test
    void load_fileWithoutEnd_isNotRead() throws IOException {
        ServerCertificate.selfMade(folder, NOW);
        Files.write(certificate, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> ServerCertificate.load(certificate, key))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("at most");
    }

    @Test
    void serve_givenCertificate_showsItsKey() throws Exception {
        for (String algorithm : new String[] {"EC", "RSA"}) {
            KeyPair pair = pair(algorithm);
            Files.writeString(key, pem(pair));
            Files.writeString(certificate, pem(certificate(pair)));
            ServerConfiguration configuration = TestServer.configuration(folder.resolve(algorithm))
                    .withTransport(new ServerConfiguration.Transport.GivenCertificate(certificate, key));
            try (TestServer server = new TestServer(configuration, StoreOpener.LMDB, ProtocolVersions.OWN);
                    TestClient client = server.client()) {
                assertThat(server.server().fingerprint()).contains(Fingerprint.of(pair.getPublic()));
                assertThat(client.hello().protocol()).isEqualTo(1);
                assertThat(server.dataFolder().resolve("tls")).isEmptyDirectory();
            }
        }
    }

    @Test
    void serve_givenKeyOfAnotherCertificate_doesNotStartAndLetsTheFolderGo() throws Exception {
        Files.writeString(certificate, pem(certificate(pair("EC"))));
        Files.writeString(key, pem(pair("EC")));
        ServerConfiguration clear = TestServer.configuration(folder);
        ServerConfiguration given =
                clear.withTransport(new ServerConfiguration.Transport.GivenCertificate(certificate, key));
        assertThatThrownBy(() -> CairnServer.start(given)).isInstanceOf(CorruptDataException.class);
        CairnServer.start(clear).close();
    }

    private static KeyPair pair(String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (!algorithm.equals("Ed25519")) {
            generator.initialize(algorithm.equals("EC") ? 256 : 2048);
        }
        return generator.generateKeyPair();
    }

    private static byte[] certificate(KeyPair pair) throws IOException, OperatorCreationException {
        X500Name name = new X500Name("CN=example.org");
        String algorithm = switch (pair.getPrivate().getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "Ed25519";
        };
        return new X509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(NOW),
                        Date.from(NOW.plusSeconds(1_000_000)),
                        name,
                        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
                .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
                .getEncoded();
    }

    /** The private key as openssl writes it: SEC 1 with the curve's name before and in it, or PKCS #1. */
    private static String pem(KeyPair pair) throws IOException {
        if (pair.getPrivate() instanceof ECPrivateKey key) {
            ASN1ObjectIdentifier curve = SECObjectIdentifiers.secp256r1;
            byte[] sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), curve).getEncoded();
            return pem(new PemObject("EC PARAMETERS", curve.getEncoded())) + pem(new PemObject("EC PRIVATE KEY", sec1));
        }
        if (pair.getPrivate().getAlgorithm().equals("EdDSA")) {
            return pem(new PemObject("PRIVATE KEY", pair.getPrivate().getEncoded()));
        }
        byte[] pkcs1 = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        return pem(new PemObject("RSA PRIVATE KEY", pkcs1));
    }

    private static String pem(byte[] certificate) throws IOException {
        return pem(new PemObject("CERTIFICATE", certificate));
    }

    private static String pem(PemObject object) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
