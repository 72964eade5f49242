package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of a running server and its files, which another program may replace at any time, one after the other. A certificate
 * that does not fit its key, as between the two, is refused, and read again once a file changes. Thread-safe.
 */
final class CertificateWatch {

    private static final System.Logger LOG = System.getLogger(CertificateWatch.class.getName());

    private final Path certificate;
    private final Path key;
    private volatile ServerCertificate current;

    /** Null where the files could not be read, or what they say not be put to use: that may change without a change of the files. */
    private @Nullable Seen seen;

    private @Nullable String refusal;

    /** What tells a file that was written again; of the one that a link leads to. */
    private record Stamp(
            @Nullable FileTime modified,
            long bytes,
            @Nullable Object file) {

        static Stamp of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            } catch (IOException e) {
                return new Stamp(null, -1, null);
            }
        }
    }

    private record Seen(Stamp certificate, Stamp key) {}

    /** Where a new certificate is put to use. */
    interface Use {
        void take(ServerCertificate certificate) throws IOException;
    }

    private CertificateWatch(Path certificate, Path key, Seen seen, ServerCertificate current) {
        this.certificate = certificate;
        this.key = key;
        this.seen = seen;
        this.current = current;
    }

    /** @throws CorruptDataException if they are no certificate and its key */
    static CertificateWatch of(Path certificate, Path key) throws IOException {
        // Looked at before they are read: a change in between is seen the next time.
        Seen seen = seen(certificate, key);
        return new CertificateWatch(certificate, key, seen, ServerCertificate.load(certificate, key));
    }

    /** The one kept in {@code folder}, which is made there at first. */
    static CertificateWatch ofSelfMade(Path folder, Instant now) throws IOException {
        ServerCertificate.selfMade(folder, now);
        return of(folder.resolve(ServerCertificate.CERTIFICATE_FILE), folder.resolve(ServerCertificate.KEY_FILE));
    }

    private static Seen seen(Path certificate, Path key) {
        return new Seen(Stamp.of(certificate), Stamp.of(key));
    }

    ServerCertificate current() {
        return current;
    }

    /** Reads the files if one was written since the last time. */
    synchronized void look(Use use) {
        if (!seen(certificate, key).equals(seen)) {
            reload(use);
        }
    }

    /** Reads the files, and puts to use what is new. */
    synchronized CertificateReload reload(Use use) {
        seen = seen(certificate, key);
        ServerCertificate before = current;
        try {
            ServerCertificate read = ServerCertificate.load(certificate, key);
            if (read.equals(before)) {
                refusal = null;
                return new CertificateReload.Unchanged();
            }
            use.take(read);
            current = read;
            refusal = null;
            return told(before, read);
        } catch (CorruptDataException e) {
            return refused(e.where() + ": " + e.reason());
        } catch (NoSuchFileException e) {
            return refused("no such file: " + e.getFile());
        } catch (IOException e) {
            seen = null;
            return refused(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private static CertificateReload told(ServerCertificate before, ServerCertificate now) {
        if (now.fingerprint().equals(before.fingerprint())) {
            LOG.log(Level.INFO, "another certificate is in use, for the same key: {0}", now.fingerprint());
            return new CertificateReload.Renewed(now.fingerprint());
        }
        LOG.log(
                Level.WARNING,
                "the certificate has another key: its fingerprint was {0} and is {1}. Remotes that pin the former"
                        + " refuse this server.",
                before.fingerprint(),
                now.fingerprint());
        return new CertificateReload.OtherKey(before.fingerprint(), now.fingerprint());
    }

    /** Tells of each reason once: what cannot be read is tried every time. */
    private CertificateReload refused(String reason) {
        if (!reason.equals(refusal)) {
            LOG.log(Level.WARNING, "the new certificate cannot be used, and the one before stays: {0}", reason);
        }
        refusal = reason;
        return new CertificateReload.Refused(reason);
    }
}
