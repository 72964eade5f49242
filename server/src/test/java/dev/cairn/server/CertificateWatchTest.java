package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a certificate is read again, and what is made of it. */
class CertificateWatchTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private final List<ServerCertificate> used = new ArrayList<>();
    private Path certificate;
    private Path key;
    private Path other;
    private CertificateWatch watch;

    @BeforeEach
    void twoCertificates() throws IOException {
        other = Files.createDirectory(folder.resolve("other"));
        ServerCertificate.selfMade(other, NOW);
        watch = CertificateWatch.ofSelfMade(folder, NOW);
        certificate = folder.resolve("certificate.pem");
        key = folder.resolve("key.pem");
    }

    private void copy(String name) throws IOException {
        Path fresh = Files.copy(other.resolve(name), folder.resolve("fresh"));
        Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void look_untouched_readsNothing() {
        watch.look(used::add);
        assertThat(watch.reload(used::add)).isEqualTo(new CertificateReload.Unchanged());
        assertThat(used).isEmpty();
    }

    @Test
    void look_betweenTheTwoFiles_keepsTheOneBefore_andTakesTheNewOneWithItsKey() throws IOException {
        ServerCertificate before = watch.current();
        copy("certificate.pem");
        watch.look(used::add);
        assertThat(used).isEmpty();
        assertThat(watch.current()).isEqualTo(before);
        copy("key.pem");
        watch.look(used::add);
        assertThat(used).hasSize(1);
        assertThat(watch.current().fingerprint())
                .isEqualTo(ServerCertificate.load(certificate, key).fingerprint())
                .isNotEqualTo(before.fingerprint());
    }

    @Test
    void reload_otherKey_saysBoth_brokenOrUnusable_saysWhy() throws IOException {
        ServerCertificate before = watch.current();
        copy("certificate.pem");
        assertThat(watch.reload(used::add)).isInstanceOf(CertificateReload.Refused.class);
        copy("key.pem");
        assertThat(watch.reload(_ -> {
                    throw new IOException("the port is gone");
                }))
                .isEqualTo(new CertificateReload.Refused("the port is gone"));
        assertThat(watch.current()).as("what was not taken is not used").isEqualTo(before);
        assertThat(watch.reload(used::add))
                .isEqualTo(new CertificateReload.OtherKey(
                        before.fingerprint(), watch.current().fingerprint()));
        Files.delete(key);
        assertThat(watch.reload(used::add)).isInstanceOf(CertificateReload.Refused.class);
        assertThat(used).hasSize(1);
    }

    /** As between a key that is written and given to the server's user, which changes neither its time nor its length. */
    @Test
    void look_afterARefusalForWhatIsNotInTheFiles_triesAgain() throws IOException {
        copy("certificate.pem");
        copy("key.pem");
        watch.look(_ -> {
            throw new AccessDeniedException("key.pem");
        });
        watch.look(used::add);
        watch.look(used::add);
        assertThat(used).hasSize(1);
    }
}
