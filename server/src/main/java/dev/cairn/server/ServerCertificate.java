package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.replicator.protocol.Fingerprint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate of a server and its key, as PEM. Clients pin the key ({@link Fingerprint}); names and dates in the
 * certificate do not count for them, so that the one that is made here is valid for a lifetime and names nobody.
 *
 * @param certificatePem the chain, the server's own first
 * @param keyPem PKCS #8, not encrypted
 */
record ServerCertificate(String certificatePem, String keyPem, Fingerprint fingerprint) {

    /** Names in the data folder of what the server made itself. */
    static final String CERTIFICATE_FILE = "certificate.pem";

    static final String KEY_FILE = "key.pem";

    private static final int PEM_BYTES_MAX = 1 << 20;
    private static final Duration VALIDITY = Duration.ofDays(100 * 365L);

    /** Dates of certificates begin a little earlier, for clients whose clock is behind. */
    private static final Duration BACKDATED = Duration.ofDays(2);

    /** The one kept in {@code folder}, which is made there at first. */
    static ServerCertificate selfMade(Path folder, Instant now) throws IOException {
        Path certificate = folder.resolve(CERTIFICATE_FILE);
        Path key = folder.resolve(KEY_FILE);
        if (!Files.exists(certificate)) {
            // The certificate is written last: without it, a key is of an interrupted start.
            make(certificate, key, now);
        }
        return load(certificate, key);
    }

    /**
     * Reads a certificate and its key.
     *
     * @throws CorruptDataException if they are not PEM, not for EC or RSA, or do not belong together
     */
    static ServerCertificate load(Path certificate, Path key) throws IOException {
        String chain = read(certificate);
        PublicKey publicKey = firstCertificate(certificate, chain).getPublicKey();
        PrivateKey privateKey = privateKey(key, read(key));
        if (!belongTogether(publicKey, privateKey, signatureAlgorithm(key, privateKey))) {
            throw new CorruptDataException(
                    key.toString(), "the key of the certificate in " + certificate, "another key");
        }
        return new ServerCertificate(chain, pem("PRIVATE KEY", privateKey.getEncoded()), Fingerprint.of(publicKey));
    }

    private static void make(Path certificate, Path key, Instant now) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500Name("CN=cairn");
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    name,
                    new BigInteger(1, Secrets.random(16)),
                    Date.from(now.minus(BACKDATED)),
                    Date.from(now.plus(VALIDITY)),
                    name,
                    SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            byte[] encoded = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                    .getEncoded();
            DurableFile.replace(
                    key, pem("PRIVATE KEY", pair.getPrivate().getEncoded()).getBytes(StandardCharsets.US_ASCII));
            DurableFile.replace(certificate, pem("CERTIFICATE", encoded).getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("every JDK has ECDSA on P-256", e);
        }
    }

    private static X509Certificate firstCertificate(Path file, String pem) {
        try {
            Collection<? extends Certificate> chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)));
            if (chain.iterator().hasNext() && chain.iterator().next() instanceof X509Certificate first) {
                return first;
            }
        } catch (GeneralSecurityException e) {
            throw CorruptDataException.because(file.toString(), "not a certificate in PEM: " + e.getMessage(), e);
        }
        throw new CorruptDataException(file.toString(), "a certificate in PEM", "none");
    }

    private static PrivateKey privateKey(Path file, String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                if (part instanceof PrivateKeyInfo info) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
                if (part instanceof PEMKeyPair pair) {
                    return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                }
            }
        } catch (IOException | RuntimeException e) {
            throw CorruptDataException.because(file.toString(), "not a private key in PEM: " + e.getMessage(), e);
        }
        throw new CorruptDataException(file.toString(), "a private key in PEM, not encrypted", "none");
    }

    /** Vert.x takes no other keys, and says so only when it opens the port. */
    private static String signatureAlgorithm(Path file, PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default ->
                throw new CorruptDataException(file.toString(), "a key for EC or RSA", "one for " + key.getAlgorithm());
        };
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey, String algorithm) {
        try {
            byte[] message = Secrets.random(32);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String read(Path file) throws IOException {
        if (Files.size(file) > PEM_BYTES_MAX) {
            throw new CorruptDataException(
                    file.toString(), "at most %d bytes".formatted(PEM_BYTES_MAX), Files.size(file) + " bytes");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static String pem(String label, byte[] content) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }

    @Override
    public String toString() {
        return "ServerCertificate[" + fingerprint + "]";
    }
}
