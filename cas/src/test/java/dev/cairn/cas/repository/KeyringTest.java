package dev.cairn.cas.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RecipientKey;
import dev.cairn.cas.seal.RecoveryCode;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotKind;
import dev.cairn.cas.seal.SlotSecret;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slots, epochs and revisions, on one replica and on two that do not hear of each other. */
final class KeyringTest {

    private final MemoryStorage storage = new MemoryStorage();
    private final Repository.Seams seams =
            new Repository.Seams(storage, Entropy.system(), InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000)));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temporary;

    @SuppressWarnings("NullAway.Init")
    private Repository one;

    @SuppressWarnings("NullAway.Init")
    private KeySource key;

    @BeforeEach
    void aRepository() {
        CreateOptions options = CreateOptions.withKeyFile(id -> temporary.resolve("the.key"));
        Repository.create(temporary.resolve("one"), options, seams).repository().close();
        key = new KeySource.KeyFilePath(temporary.resolve("the.key"));
        one = open("one", key);
    }

    private Repository open(String name, KeySource with) {
        return Repository.open(temporary.resolve(name), _ -> with, OpenOptions.DEFAULT, seams);
    }

    private Repository replica(String name, KeySource with) {
        byte[] bytes = one.configuration().bytes();
        return Repository.adopt(temporary.resolve(name), bytes, "a server", _ -> with, OpenOptions.DEFAULT, seams);
    }

    private static void adopt(Repository to, Repository from) {
        to.adoptConfiguration(new StoredConfiguration(1, from.configuration().bytes()));
    }

    private static SealedRecord seal(Repository repository, String text) {
        PlainObject chunk = PlainObject.chunk(text.getBytes(UTF_8));
        return repository.sealer().sealRun(List.of(repository.hasher().id(chunk)), List.of(chunk));
    }

    private static ObjectId put(Repository repository, String text) {
        SealedRecord record = seal(repository, text);
        repository.store().commit(List.of(record));
        return record.header().provided().getFirst().id();
    }

    private static String read(Repository repository, ObjectId id) {
        return new String(repository.objects().read(id, ObjectType.CHUNK).body(), UTF_8);
    }

    private static Resealing.Result reseal(Repository repository) {
        return new Resealing(repository, Cancellation.NEVER, new Resealing.Progress() {
                    @Override
                    public void bytes(long count) {}

                    @Override
                    public void damaged(String where, String reason) {
                        throw new AssertionError(where + ": " + reason);
                    }
                })
                .run();
    }

    @Test
    void rotate_everySlot_opensBothEpochs() {
        RecipientKey recipient = RecipientKey.generate(Entropy.system());
        one.addSlot(new SlotSecret.Password("secret".toCharArray()), "");
        one.keyring().addSlot(recipient.publicKey(), "theirs");
        ObjectId before = put(one, "before");
        int epoch = one.keyring().rotate();
        ObjectId after = put(one, "after");

        assertThat(epoch).isBetween(2, 1 + (1 << 16));
        assertThat(one.store().epochs().keySet()).containsExactly(1, epoch);
        for (KeySource source :
                List.of(key, new KeySource.PasswordText("secret".toCharArray(), "a test"), fileOf(recipient))) {
            try (Repository again = open("one", source)) {
                assertThat(read(again, before)).isEqualTo("before");
                assertThat(read(again, after)).isEqualTo("after");
            }
        }
    }

    private KeySource fileOf(RecipientKey recipient) {
        try {
            return new KeySource.KeyFilePath(Files.write(temporary.resolve("recipient"), recipient.encode()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void recipient_ofAnotherKeyOrForAnotherRepository_isAWrongKey() {
        RecipientKey recipient = RecipientKey.generate(Entropy.system());
        one.keyring().addSlot(recipient.publicKey(), "");
        assertThatThrownBy(() -> open("one", fileOf(RecipientKey.generate(Entropy.system()))))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("wrong recipient key");
        Repository other = Repository.create(
                        temporary.resolve("other"),
                        CreateOptions.withKeyFile(_ -> temporary.resolve("other.key")),
                        seams)
                .repository();
        assertThatThrownBy(() -> open("one", fileOf(recipient.only(other.id()))))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("that of repository " + other.id());
        open("one", fileOf(recipient.only(one.id()))).close();
    }

    /** What a process opened before goes on under its epoch, is accepted, and reads what others seal under the newer one. */
    @Test
    void rotate_byAnotherProcess_isNoticedByReading() {
        try (Repository elsewhere = open("one", key)) {
            int epoch = one.keyring().rotate();
            ObjectId theirs = put(elsewhere, "sealed under the old epoch");
            assertThat(one.store().epochs().keySet()).containsExactly(1);
            assertThat(read(one, theirs)).isEqualTo("sealed under the old epoch");

            ObjectId ours = put(one, "sealed under the new epoch");
            assertThat(read(elsewhere, ours)).isEqualTo("sealed under the new epoch");
            assertThat(elsewhere.configuration().epoch()).isEqualTo(epoch);
            assertThat(seal(elsewhere, "next").header().epoch()).isEqualTo(epoch);
        }
    }

    @Test
    void destroyOldKeys_whileRecordsAreLeft_isRefused() {
        put(one, "old");
        one.keyring().rotate();
        assertThatThrownBy(() -> one.keyring().destroyOldKeys())
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("old keys");
        assertThat(one.configuration().epochs()).hasSize(2);
    }

    /** The point of it all: what is destroyed is gone, and nothing else is. */
    @Test
    void destroyOldKeys_afterResealing_makesOldBytesNoise() {
        SealedRecord old = seal(one, "old");
        one.store().commit(List.of(old));
        ObjectId id = old.header().provided().getFirst().id();
        byte[] oldConfiguration = one.configuration().bytes();
        int epoch = one.keyring().rotate();
        Resealing.Result result = reseal(one);
        assertThat(result.records()).isEqualTo(1);
        assertThat(result.left()).isEmpty();
        assertThat(one.sealer().open(old, "old bytes").object(0).body()).isEqualTo("old".getBytes(UTF_8));

        assertThat(one.keyring().destroyOldKeys()).containsExactly(1);

        assertThatThrownBy(() -> one.sealer().open(old, "old bytes"))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("epoch 1");
        try (Repository again = open("one", key)) {
            assertThat(again.configuration().epochs()).containsExactly(epoch);
            assertThat(read(again, id)).isEqualTo("old");
            assertThatThrownBy(() -> again.sealer().open(old, "old bytes")).isInstanceOf(WrongKeyException.class);
        }
        // What the threat model says too: an old copy of the configuration and an old key still open old bytes.
        try (Repository copy = Repository.adopt(
                temporary.resolve("copy"), oldConfiguration, "a thief", _ -> key, OpenOptions.DEFAULT, seams)) {
            assertThat(copy.sealer().open(old, "old bytes").object(0).body()).isEqualTo("old".getBytes(UTF_8));
        }
    }

    /** A capture that began before must not be told that its data is safe. */
    @Test
    void destroyOldKeys_processThatOpenedBefore_isRefusedToSealUnderThem() {
        try (Repository elsewhere = open("one", key)) {
            one.keyring().rotate();
            one.keyring().destroyOldKeys();
            assertThatThrownBy(() -> put(elsewhere, "late"))
                    .isInstanceOf(WrongKeyException.class)
                    .hasMessageContaining("destroyed meanwhile");
            assertThat(one.store().stats().records()).isZero();
        }
    }

    @Test
    void adopt_rotatedOnBothSides_keepsTheKeysOfBoth() {
        try (Repository two = replica("two", key)) {
            int ours = one.keyring().rotate();
            int theirs = two.keyring().rotate();
            SealedRecord ourRecord = seal(one, "ours");
            SealedRecord theirRecord = seal(two, "theirs");

            adopt(one, two);
            adopt(two, one);
            adopt(one, two);

            assertThat(one.configuration().bytes())
                    .isEqualTo(two.configuration().bytes());
            assertThat(one.configuration().epochs()).contains(1, ours, theirs);
            for (Repository repository : List.of(one, two)) {
                repository.sealer().open(ourRecord, "ours").verify();
                repository.sealer().open(theirRecord, "theirs").verify();
            }
            try (Repository again = open("two", key)) {
                again.sealer().open(ourRecord, "ours").verify();
            }
        }
    }

    @Test
    void adopt_mergedOnBothSidesAtOnce_comesToTheSameBytes() {
        try (Repository two = replica("two", key)) {
            one.keyring().rotate();
            two.keyring().rotate();
            byte[] first = one.configuration().bytes();
            adopt(one, two);
            two.adoptConfiguration(new StoredConfiguration(1, first));
            assertThat(one.configuration().revision())
                    .isEqualTo(two.configuration().revision());
            adopt(one, two);
            adopt(two, one);
            assertThat(one.configuration().bytes())
                    .isEqualTo(two.configuration().bytes());
        }
    }

    @Test
    void adopt_olderConfiguration_bringsNoSlotAndNoKeyBack() {
        RecoveryCode code = RecoveryCode.generate(Entropy.system());
        Slot slot = one.addSlot(code, "to go");
        byte[] older = one.configuration().bytes();
        one.keyring().removeSlot(slot.id());
        int epoch = one.keyring().rotate();
        one.keyring().destroyOldKeys();
        byte[] own = one.configuration().bytes();

        one.adoptConfiguration(new StoredConfiguration(99, older));

        assertThat(one.configuration().bytes()).isEqualTo(own);
        assertThat(one.configuration().epochs()).containsExactly(epoch);
        assertThatThrownBy(() -> open("one", new KeySource.RecoveryText(code.text())))
                .isInstanceOf(WrongKeyException.class);
    }

    /** A replica that was away while others destroyed a key keeps it until its own records are sealed anew. */
    @Test
    void adopt_keyDestroyedElsewhere_isKeptWhileThereAreRecords() {
        try (Repository two = replica("two", key)) {
            ObjectId id = put(two, "only here");
            one.keyring().rotate();
            one.keyring().destroyOldKeys();

            adopt(two, one);

            assertThat(two.configuration().epochs()).hasSize(2);
            try (Repository again = open("two", key)) {
                assertThat(read(again, id)).isEqualTo("only here");
            }
            reseal(two);
            two.keyring().destroyOldKeys();
            assertThat(read(two, id)).isEqualTo("only here");
            adopt(one, two);
            assertThat(one.configuration().epochs())
                    .isEqualTo(two.configuration().epochs());
            assertThat(one.configuration().destroyedEpochs()).containsExactly(1);
        }
    }

    @Test
    void adopt_ownSlotRemovedElsewhere_isAWrongKeyAndChangesNothing() {
        Slot slot = one.addSlot(new SlotSecret.Password("lost".toCharArray()), "laptop");
        KeySource password = new KeySource.PasswordText("lost".toCharArray(), "a test");
        try (Repository two = replica("two", password)) {
            one.keyring().removeSlot(slot.id());
            one.keyring().rotate();
            byte[] before = two.configuration().bytes();
            assertThatThrownBy(() -> adopt(two, one))
                    .isInstanceOf(WrongKeyException.class)
                    .hasMessageContaining("was removed");
            assertThat(two.store().configuration().orElseThrow().bytes()).isEqualTo(before);
        }
    }

    /** A slot that a clone made for itself and has not told yet is not lost when others change theirs. */
    @Test
    void adopt_ownSlotUnknownThere_isKept() {
        try (Repository two = replica("two", key)) {
            Path own = temporary.resolve("own.key");
            two.addKeyFile(own, "clone");
            one.addSlot(new SlotSecret.Password("new".toCharArray()), "");
            one.keyring().addRecoveryCode("", true);
            adopt(two, one);
            open("two", new KeySource.KeyFilePath(own)).close();
            open("two", new KeySource.PasswordText("new".toCharArray(), "a test"))
                    .close();
        }
    }

    @Test
    void removeSlot_lastThatOpens_isRefused() {
        for (Slot slot : List.copyOf(one.configuration().slots())) {
            if (slot.kind() != SlotKind.KEY_FILE) {
                one.keyring().removeSlot(slot.id());
            }
        }
        assertThatThrownBy(() -> one.keyring().removeSlot(one.keyring().slotInUse()))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("the last");
        open("one", key).close();
    }

    @Test
    void addRecoveryCode_replacing_endsTheOldOnes() {
        String first = one.keyring().addRecoveryCode("first", true);
        String second = one.keyring().addRecoveryCode("second", true);
        String third = one.keyring().addRecoveryCode("third", false);
        assertThatThrownBy(() -> open("one", new KeySource.RecoveryText(first))).isInstanceOf(WrongKeyException.class);
        open("one", new KeySource.RecoveryText(second)).close();
        open("one", new KeySource.RecoveryText(third)).close();
    }

    @Test
    void addSlot_tooManyPasswords_isToldAndChangesNothing() {
        for (int i = 0; i < 8; i++) {
            one.keyring().addSlot(RecoveryCode.generate(Entropy.system()), "");
        }
        int before = one.configuration().slots().size();
        for (int i = before; i < 64; i++) {
            one.keyring().addSlot(RecoveryCode.generate(Entropy.system()), "");
        }
        assertThatThrownBy(() -> one.keyring().addSlot(RecoveryCode.generate(Entropy.system()), ""))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("64 key slots");
        assertThat(one.configuration().slots()).hasSize(64);
    }

    @Test
    void closedEpochs_keyThatComesBackFromAnotherReplica_isOpenAgain() {
        try (Repository two = replica("two", key)) {
            put(two, "only there");
            one.keyring().rotate();
            one.keyring().destroyOldKeys();
            adopt(two, one);
            adopt(one, two);
            // Its records may come here now, as by a pull.
            two.store().forEachRecord(Set.of(dev.cairn.cas.RecordKind.values()), new dev.cairn.cas.RecordVisitor() {
                @Override
                public void record(long sequence, SealedRecord record) {
                    one.store().commit(List.of(record));
                }

                @Override
                public void damaged(long sequence, CorruptDataException damage) {
                    throw damage;
                }
            });
            assertThat(one.store().epochs().keySet()).containsExactly(1);
        }
    }
}
