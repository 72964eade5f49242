package dev.cairn.cli.care;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.verify.Damage;
import dev.cairn.cas.snapshot.verify.Mending;
import dev.cairn.cas.snapshot.verify.Verification;
import dev.cairn.cas.snapshot.verify.VerificationProgress;
import dev.cairn.cas.snapshot.verify.VerificationResult;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.remote.RemoteAccess;
import dev.cairn.cli.remote.TransferDisplay;
import dev.cairn.replicator.MendSession;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Replica;
import dev.cairn.replicator.net.RemoteClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What can be done for a repository of which records are damaged: everything is read, what is damaged is noted, and what no
 * whole record provides any more is taken from other copies, folders first, then each remote in turn.
 */
final class Remedy {

    private final Repository repository;
    private final Console console;
    private final RemoteAccess remotes;
    private final Duration patience;
    private final Cancellation cancellation;
    private final List<Source> sources = new ArrayList<>();

    /**
     * A copy that was asked.
     *
     * @param healed objects that it gave back
     * @param failure why it gave no more; null if it answered
     */
    record Source(String name, long healed, @Nullable String failure) {}

    /**
     * What was found and done.
     *
     * @param found by reading everything
     * @param lost objects that no whole record provided
     * @param healed how many of them are whole again
     * @param bytesStored what that took
     * @param left damage that is left, by path and snapshot
     * @param whole whether nothing is
     */
    record Outcome(
            VerificationResult found,
            long lost,
            long healed,
            long bytesStored,
            List<Source> sources,
            List<Damage> left,
            boolean whole) {}

    Remedy(Repository repository, Console console, RemoteAccess remotes, Duration patience, Cancellation cancellation) {
        this.repository = repository;
        this.console = console;
        this.remotes = remotes;
        this.patience = patience;
        this.cancellation = cancellation;
    }

    /** Only finds out. */
    Outcome look() {
        AtomicLong read = new AtomicLong();
        Verification verification = new Verification(repository, counting(read), cancellation);
        VerificationResult found = everything(verification, read);
        return new Outcome(found, verification.lost().size(), 0, 0, List.of(), found.damaged(), found.isSound());
    }

    /**
     * Does what can be done.
     *
     * @param folders other replicas of the repository on this machine
     * @param urls its remotes, by name
     * @param pull whether to fetch whole snapshots too, since some may have been lost with the index
     */
    Outcome carryOut(List<Path> folders, Map<String, RemoteUrl> urls, boolean pull) throws IOException {
        AtomicLong read = new AtomicLong();
        Verification verification = new Verification(repository, counting(read), cancellation);
        VerificationResult found = everything(verification, read);
        repository.store().note(verification.findings());
        Mending mending = new Mending(repository, verification.lost());
        long lost = verification.lost().size();
        for (Path folder : folders) {
            ask(folder.toString(), mending, () -> fromFolder(mending, folder));
        }
        for (Map.Entry<String, RemoteUrl> remote : new TreeMap<>(urls).entrySet()) {
            if (pull || !mending.wanted().isEmpty()) {
                ask(remote.getKey(), mending, () -> fromRemote(mending, remote.getValue(), pull));
            }
        }
        mending.dropDamagedProviders();
        if (verification.isMoreDamaged()) {
            console.always("More is damaged than one run mends: run 'cairn repair' again.");
        }
        return outcome(found, lost, mending, verification.isMoreDamaged());
    }

    private VerificationResult everything(Verification verification, AtomicLong read) {
        long total = repository.store().stats().recordBytes();
        try (ProgressDisplay _ = ProgressDisplay.start("verify", console, read::get, () -> total)) {
            return verification.repository(true);
        }
    }

    private static VerificationProgress counting(AtomicLong read) {
        return new VerificationProgress() {
            @Override
            public void bytes(long count) {
                read.addAndGet(count);
            }

            @Override
            public void damaged(Damage damage) {}
        };
    }

    private Outcome outcome(VerificationResult found, long lost, Mending mending, boolean isMoreDamaged) {
        AtomicLong read = new AtomicLong();
        VerificationResult left;
        List<Damage> damaged;
        try (ProgressDisplay _ = ProgressDisplay.start("check", console, read::get, () -> -1)) {
            left = new Verification(repository, counting(read), cancellation).repository(false);
            damaged = new ArrayList<>(left.damaged());
            if (!mending.wanted().isEmpty()) {
                Verification paths = new Verification(repository, counting(read), cancellation);
                damaged.addAll(paths.paths(new HashSet<>(mending.wanted())).damaged());
            }
        }
        boolean whole = left.isSound()
                && !isMoreDamaged
                && mending.wanted().isEmpty()
                && repository.store().notedCount() == 0;
        return new Outcome(
                found,
                lost,
                mending.healed(),
                mending.bytesStored(),
                List.copyOf(sources),
                damaged.stream().distinct().toList(),
                whole);
    }

    private interface Asking {
        void run() throws IOException;
    }

    /** One copy that does not answer, or is damaged itself, must not keep the others from being asked. */
    private void ask(String name, Mending mending, Asking asking) throws IOException {
        long before = mending.healed();
        String failure = null;
        try {
            asking.run();
        } catch (RemoteException.Cancelled e) {
            throw e;
        } catch (RemoteException | StoreException e) {
            failure = String.valueOf(e.getMessage());
            console.always(name + ": " + failure);
        }
        mending.finish();
        sources.add(new Source(name, mending.healed() - before, failure));
    }

    private void fromFolder(Mending mending, Path folder) {
        LmdbObjectStore.Options options = LmdbObjectStore.Options.DEFAULT.withReadOnly(true);
        try (LmdbObjectStore other = LmdbObjectStore.open(folder, options)) {
            if (!other.repositoryId().equals(repository.id())) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        folder + " is repository " + other.repositoryId() + ", not " + repository.id(),
                        "Name a replica of the same repository with --from.");
            }
            for (ObjectId id : mending.wanted()) {
                cancellation.check();
                for (RecordRef ref : other.providers(id)) {
                    if (isTaken(mending, other, ref, folder)) {
                        break;
                    }
                }
            }
        }
    }

    private static boolean isTaken(Mending mending, LmdbObjectStore other, RecordRef ref, Path folder) {
        try {
            byte[] record = other.read(ref).bytes();
            return mending.offer(record, folder + ", record " + ref.sequence()) != Mending.Outcome.REFUSED;
        } catch (StoreException e) {
            return false;
        }
    }

    private void fromRemote(Mending mending, RemoteUrl url, boolean pull) throws IOException {
        try (RemoteClient client = remotes.client(url, patience);
                Interruption _ = Interruption.watch(client::cancel);
                TransferDisplay display = new TransferDisplay("repair", console)) {
            client.mend(
                    repository.id(),
                    new MendSession.Receiver() {
                        @Override
                        public Collection<ObjectId> wanted() {
                            return mending.wanted();
                        }

                        @Override
                        public boolean take(byte[] record) {
                            return mending.offer(record, "a record of " + url.server()) != Mending.Outcome.REFUSED;
                        }

                        @Override
                        public void pause() {
                            mending.finish();
                        }
                    },
                    display);
            if (pull) {
                Path spool = repository.temporaryFolder();
                remotes.watched(
                        url,
                        false,
                        watch -> client.pull(Replica.of(repository).watching(watch), List.of(), spool, display));
            }
        }
    }
}
