package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReplicaIdentityTest {

    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));
    private static final RepositoryKeys OTHER = RepositoryKeys.generate(new SeededEntropy(2));
    private static final Instant CREATED = Instant.ofEpochSecond(1_700_000_000, 5);
    private static final byte[] FOLDER = {1, 2, 3};

    private static ReplicaIdentity identity(long seed) {
        return ReplicaIdentity.generate(KEYS.roster(), "laptop", CREATED, new SeededEntropy(seed));
    }

    @Test
    void fromFile_sameFolder_isTheSameReplica() {
        ReplicaIdentity identity = identity(3);
        byte[] file = identity.toFile(KEYS, FOLDER, Entropy.system());

        ReplicaIdentity read =
                ReplicaIdentity.fromFile(KEYS, file, FOLDER, "here").orElseThrow();

        assertThat(read.id()).isEqualTo(identity.id());
        assertThat(read.certificate().name()).isEqualTo("laptop");
        assertThat(read.certificate().created()).isEqualTo(CREATED);
        byte[] signature = read.sign(new byte[] {7});
        assertThatCode(() -> KEYS.roster().verify(identity.certificate(), signature, "here", new byte[] {7}))
                .doesNotThrowAnyException();
    }

    @Test
    void fromFile_anotherFolder_isNoIdentity() {
        byte[] file = identity(3).toFile(KEYS, FOLDER, Entropy.system());

        assertThat(ReplicaIdentity.fromFile(KEYS, file, new byte[] {4}, "here")).isEmpty();
    }

    @Test
    void fromFile_anyByteChangedOrCut_neverGivesAnotherReplica() {
        ReplicaIdentity identity = identity(3);
        byte[] file = identity.toFile(KEYS, FOLDER, Entropy.system());
        for (int i = 0; i < file.length; i++) {
            byte[] changed = file.clone();
            changed[i] ^= 1;
            assertNotAnother(changed, identity);
            assertNotAnother(Arrays.copyOf(file, i), identity);
        }
        assertThatThrownBy(() -> ReplicaIdentity.fromFile(KEYS, new byte[5000], FOLDER, "here"))
                .isInstanceOf(CorruptDataException.class);
    }

    private static void assertNotAnother(byte[] file, ReplicaIdentity identity) {
        try {
            Optional<ReplicaIdentity> read = ReplicaIdentity.fromFile(KEYS, file, FOLDER, "here");
            read.ifPresent(replica -> assertThat(replica.id()).isEqualTo(identity.id()));
        } catch (CorruptDataException e) {
            assertThat(e.where()).isEqualTo("here");
        }
    }

    @Test
    void verify_certificateOfAnotherRepository_isRefused() {
        ReplicaCertificate certificate = identity(3).certificate();

        assertThatThrownBy(() -> OTHER.roster().verify(certificate, "here"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("not made with this repository's key");
    }

    @Test
    void verify_anyFieldChanged_isRefused() {
        ReplicaCertificate good = identity(3).certificate();
        for (ReplicaCertificate bad : new ReplicaCertificate[] {
            new ReplicaCertificate(new ReplicaId(1, 2), good.publicKey(), good.name(), good.created(), good.mac()),
            new ReplicaCertificate(good.replica(), new byte[32], good.name(), good.created(), good.mac()),
            new ReplicaCertificate(good.replica(), good.publicKey(), "server", good.created(), good.mac()),
            new ReplicaCertificate(good.replica(), good.publicKey(), good.name(), Instant.EPOCH, good.mac()),
            new ReplicaCertificate(good.replica(), good.publicKey(), good.name(), good.created(), new byte[32])
        }) {
            assertThatThrownBy(() -> KEYS.roster().verify(bad, "here")).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void fromWire_fieldsOutOfBounds_isDamage() {
        dev.cairn.cas.seal.wire.ReplicaCertificate good =
                identity(3).certificate().toWire();

        assertThat(ReplicaCertificate.fromWire(good, "here").replica())
                .isEqualTo(identity(3).id());
        for (dev.cairn.cas.seal.wire.ReplicaCertificate bad : new dev.cairn.cas.seal.wire.ReplicaCertificate[] {
            good.toBuilder().clearReplica().build(),
            good.toBuilder().clearPublicKey().build(),
            good.toBuilder().clearMac().build(),
            good.toBuilder().setName("x".repeat(256)).build(),
            good.toBuilder()
                    .setCreated(good.getCreated().toBuilder().setSeconds(Long.MAX_VALUE))
                    .build()
        }) {
            assertThatThrownBy(() -> ReplicaCertificate.fromWire(bad, "here")).isInstanceOf(CorruptDataException.class);
        }
    }
}
