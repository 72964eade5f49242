package dev.cairn.cli.remote;

import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.file.FolderTree;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cas.repository.RecipientKeyFile;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.HostName;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.RecoveryNotice;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.DurationText;
import dev.cairn.cli.text.PathText;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.RollbackWatch;
import dev.cairn.replicator.net.RateLimits;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import dev.cairn.replicator.protocol.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn clone}: a new replica of what a server has. */
@Command(
        name = "clone",
        description = "Make a replica of a remote's repository in a new folder.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn clone 'https://HOST:7420/default/home#sha256:...' ~/replica \\",
            "      --enrol CODE --key-file FILE",
            "Next: 'cairn -r DIR snapshots', 'cairn -r DIR restore BRANCH --target DIR'."
        })
public final class CloneCommand extends RepositoryCommand {

    @Parameters(index = "0", paramLabel = "URL", description = "https://HOST:PORT/TENANT/REPOSITORY#sha256:FINGERPRINT")
    private String url = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "Where the replica goes.")
    private String folder = "";

    @Option(names = "--enrol", paramLabel = "CODE", description = "Enrol this device first, with a one-time code.")
    private @Nullable String code;

    @Option(
            names = "--recovery-code",
            paramLabel = "CODE",
            description = "Open the repository with its recovery code. Every user of the machine sees a command line:"
                    + " '--recovery-code-file -' asks for it instead.")
    private @Nullable String recoveryCode;

    @Option(
            names = "--repository",
            paramLabel = "ID",
            description = "The repository's id, as who let you in told it: any other is refused.")
    private @Nullable String expected;

    @Option(
            names = "--retry-for",
            paramLabel = "D",
            defaultValue = "60s",
            description = "How long to try. Default: 60s.")
    private String retryFor = "60s";

    @Mixin
    private RollbackOptions rollback = new RollbackOptions();

    @Mixin
    private RateOptions rates = new RateOptions();

    @Mixin
    private SeedOptions seeds = new SeedOptions();

    @Mixin
    private final DryRun dryRun = new DryRun();

    private boolean isEnrolled;

    @Override
    protected ExitCode run() throws IOException {
        if (dryRun.isWanted()) {
            return rehearse();
        }
        requireKey();
        TransferReport report;
        try (OpenSeeds open = seeds.open()) {
            report = transfer(open);
        } catch (IOException | RuntimeException e) {
            if (isEnrolled) {
                console()
                        .message("The enrolment code is spent, and this device is enrolled: leave --enrol out next"
                                + " time.");
            }
            throw e;
        }
        console().done(() -> TransferText.json(report, seconds()), () -> TransferText.text("clone", report, seconds()));
        console()
                .message("Next: cairn -r " + PathText.path(folder) + " snapshots    cairn -r " + PathText.path(folder)
                        + " restore BRANCH --target DIR");
        return report.result().hasConflict() ? ExitCode.CONFLICT : ExitCode.DONE;
    }

    /**
     * Finds out what would come, by an empty replica in a temporary folder, or by the one that a clone which was cut off has begun. The code
     * is not spent, so a device that is not enrolled yet is told nothing.
     */
    private ExitCode rehearse() throws IOException {
        requireKey();
        Path target = PathText.path(folder);
        Duration patience = DurationText.parse("--retry-for", retryFor);
        RemoteAccess remotes = new RemoteAccess(console(), cairn().places());
        RemoteUrl pinned = remotes.pinned(url, patience);
        boolean goesOn = isBegun(target, pinned);
        Path temporary = Files.createTempDirectory("cairn-clone-");
        RepositoryId id;
        RehearsalText text;
        try (RemoteClient client = remotes.client(pinned, patience, rates.limits(), dryRun);
                Interruption _ = Interruption.watch(client::cancel);
                TransferDisplay display = new TransferDisplay("clone", console())) {
            RollbackWatch watch = remotes.watch(pinned, rollback.isAccepted());
            Response.RepositoryInfo info = client.info();
            watch.repository(info.repository());
            id = info.repository();
            try (Repository repository = goesOn
                    ? Repository.open(target, this::key, access().openOptions().withReadOnly(true))
                    : adopted(temporary.resolve("replica"), info, pinned)) {
                TransferReport report = PullCommand.rehearsed(client, repository, watch, List.of(), display);
                text = RehearsalText.of("clone", report, repository, seconds());
            }
        } finally {
            FolderTree.deleteIfExists(temporary);
        }
        console()
                .result(
                        () -> text.json().put("repository", id.toString()).put("repo", target.toString()),
                        () -> "Would %s %s, a replica of repository %s.%n%s"
                                .formatted(goesOn ? "go on with" : "make", target, id, text.text()));
        return text.report().result().hasConflict() ? ExitCode.CONFLICT : ExitCode.DONE;
    }

    private TransferReport transfer(OpenSeeds open) throws IOException {
        Duration patience = DurationText.parse("--retry-for", retryFor);
        RateLimits limits = rates.limits();
        RemoteAccess remotes = new RemoteAccess(console(), cairn().places());
        RemoteUrl pinned = remotes.pinned(url, patience);
        Path target = PathText.path(folder);
        try (RemoteClient client = remotes.client(pinned, patience, limits);
                Interruption interruption = Interruption.watch(client::cancel);
                TransferDisplay display = new TransferDisplay("clone", console())) {
            if (code != null) {
                client.enrol(code, remotes.deviceName());
                isEnrolled = true;
            }
            return remotes.watched(
                    pinned,
                    rollback.isAccepted(),
                    watch -> pull(target, pinned, client, watch, open, display, interruption));
        }
    }

    /** Before anything is sent: a code is good for one time, and would be spent for nothing. */
    private void requireKey() throws IOException {
        if (recoveryCode == null) {
            access().keys().requireAny();
        } else {
            Objects.requireNonNull(new KeySource.RecoveryText(recoveryCode).secret());
        }
    }

    private TransferReport pull(
            Path target,
            RemoteUrl pinned,
            RemoteClient client,
            RollbackWatch watch,
            OpenSeeds open,
            TransferDisplay display,
            Cancellation cancellation)
            throws IOException {
        try (Repository repository = replica(target, pinned, client, watch)) {
            console().message("Replica of repository " + repository.id() + " at " + target);
            TransferReport report = open.pull(client, repository, watch, List.of(), display, cancellation);
            keepKey(repository);
            return report;
        }
    }

    /** A clone that was cut off goes on in the folder that it began. */
    private Repository replica(Path target, RemoteUrl pinned, RemoteClient client, RollbackWatch watch)
            throws IOException {
        if (isBegun(target, pinned)) {
            return Repository.open(target, this::key, access().openOptions());
        }
        Response.RepositoryInfo info;
        try {
            info = client.info();
        } catch (RemoteException.NoRepository e) {
            watch.nothingThere();
            throw e;
        }
        watch.repository(info.repository());
        Repository repository = isAdopted(target, info.repository())
                ? Repository.open(target, this::key, access().openOptions())
                : adopted(target, info, pinned);
        try {
            Remotes.read(target).add(Remotes.STANDARD, pinned);
        } catch (IOException | RuntimeException e) {
            repository.close();
            throw e;
        }
        return repository;
    }

    private static boolean isBegun(Path target, RemoteUrl pinned) throws IOException {
        return Files.exists(target.resolve("remotes.json"))
                && pinned.equals(Remotes.read(target).all().get(Remotes.STANDARD));
    }

    private Repository adopted(Path target, Response.RepositoryInfo info, RemoteUrl pinned) {
        return Repository.adopt(
                target, info.configuration().bytes(), pinned.server(), this::key, access().openOptions());
    }

    /** An empty replica without a remote is what is left of a clone that was cut off between the two. */
    private boolean isAdopted(Path target, RepositoryId id) throws IOException {
        if (!Files.isDirectory(target) || !Remotes.read(target).all().isEmpty()) {
            return false;
        }
        try (ObjectStore store = Repository.openStore(target, access().openOptions())) {
            return store.repositoryId().equals(id)
                    && store.configuration().isPresent()
                    && store.branches().isEmpty()
                    && store.snapshots().isEmpty();
        } catch (NoRepositoryException e) {
            return false;
        }
    }

    private KeySource key(RepositoryId id) {
        requireExpected(id);
        Optional<KeySource> given = access().keys().given();
        if (recoveryCode == null) {
            KeySource source = access().keys().source(id);
            requireExpected(source, id);
            return source;
        }
        if (given.isPresent()) {
            throw CommandFailure.usage("more than one key source is given", "Give one of them.");
        }
        return new KeySource.RecoveryText(recoveryCode);
    }

    private void requireExpected(RepositoryId id) {
        if (expected != null && !expected.equalsIgnoreCase(id.toString())) {
            throw new WrongKeyException(
                    "the remote has repository %s, not %s".formatted(id, expected),
                    "Ask whoever let you in, and do not trust that server.",
                    null);
        }
    }

    /** Whoever knows a public key can seal a repository of his own to it: only its id tells that it is the right one. */
    private void requireExpected(KeySource source, RepositoryId id) {
        if (expected == null && source instanceof KeySource.KeyFilePath(Path file) && RecipientKeyFile.isForAny(file)) {
            throw CommandFailure.usage(
                    "the key file %s opens whatever was sealed to it; the remote says that it has repository %s"
                            .formatted(file, id),
                    "If whoever let you in told the same id, add: --repository " + id);
        }
    }

    /** The key that opened the clone is kept for it, so that later commands find it where any key file is looked for. */
    private void keepKey(Repository repository) throws IOException {
        Path usual = cairn().places().keyFile(repository.id());
        if (Files.exists(usual)) {
            return;
        }
        if (recoveryCode != null || access().keys().given().orElse(null) instanceof KeySource.RecoveryText) {
            repository.addKeyFile(usual, "clone on " + HostName.text());
        } else if (access().keys().given().orElse(null) instanceof KeySource.KeyFilePath(Path file)) {
            repository.keepKeyFile(file, usual);
        } else {
            return;
        }
        RecoveryNotice.keyFile(console(), usual.toString());
    }
}
