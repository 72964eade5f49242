package dev.cairn.cli.remote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.Branch;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cas.repository.RecipientKeyFile;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.HostName;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.RecoveryNotice;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
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
            "  cairn clone 'https://HOST:7420/default/home#sha256:...' ~/replica --enrol CODE --key-file FILE",
            "Next: 'cairn -r DIR snapshots', 'cairn -r DIR restore BRANCH --target DIR'."
        })
public final class CloneCommand extends RepositoryCommand {

    @Parameters(index = "0", paramLabel = "URL", description = "https://HOST:PORT/TENANT/REPOSITORY#sha256:FINGERPRINT")
    private String url = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "Where the replica goes.")
    private String folder = "";

    @Option(names = "--enrol", paramLabel = "CODE", description = "Enrol this device first, with a one-time code.")
    private @Nullable String code;

    @Option(names = "--recovery-code", paramLabel = "CODE", description = "Open the repository with its recovery code.")
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

    @Override
    protected ExitCode run() throws IOException {
        if (dryRun.isWanted()) {
            return rehearse();
        }
        TransferReport report;
        try (OpenSeeds open = seeds.open()) {
            report = transfer(open);
        }
        console()
                .result(
                        () -> TransferText.json(report, seconds()),
                        () -> TransferText.text("clone", report, seconds()));
        console()
                .message("Next: cairn -r " + PathText.path(folder) + " snapshots    cairn -r " + PathText.path(folder)
                        + " restore BRANCH --target DIR");
        return report.result().hasConflict() ? ExitCode.CONFLICT : ExitCode.DONE;
    }

    /** Asks what the remote has; the code is not spent, so a device that is not enrolled yet is told nothing. */
    private ExitCode rehearse() throws IOException {
        Path target = PathText.path(folder);
        Duration patience = DurationText.parse(retryFor);
        RemoteAccess remotes = new RemoteAccess(console(), cairn().places());
        RemoteUrl pinned = remotes.pinned(url, patience);
        Response.RepositoryInfo info;
        try (RemoteClient client = remotes.client(pinned, patience, rates.limits(), dryRun)) {
            RollbackWatch watch = remotes.watch(pinned, rollback.isAccepted());
            info = client.info();
            watch.repository(info.repository());
        }
        requireExpected(info.repository());
        boolean goesOn = Files.exists(target.resolve("remotes.json"));
        console()
                .result(
                        () -> {
                            ObjectNode node = dryRun.mark(Console.object())
                                    .put("repository", info.repository().toString())
                                    .put("repo", target.toString())
                                    .put("seconds", seconds());
                            ArrayNode branches = node.putArray("branches");
                            info.branches()
                                    .forEach(branch -> branches.addObject()
                                            .put("branch", branch.name())
                                            .put("snapshot", branch.snapshot().toString()));
                            return node;
                        },
                        () -> "Would %s %s, a replica of repository %s, with %s: %s."
                                .formatted(
                                        goesOn ? "go on with" : "make",
                                        target,
                                        info.repository(),
                                        CountText.of(info.branches().size(), "branch")
                                                .replace("branchs", "branches"),
                                        String.join(
                                                ", ",
                                                info.branches().stream()
                                                        .map(Branch::name)
                                                        .toList())));
        return ExitCode.DONE;
    }

    private TransferReport transfer(OpenSeeds open) throws IOException {
        Duration patience = DurationText.parse(retryFor);
        RateLimits limits = rates.limits();
        RemoteAccess remotes = new RemoteAccess(console(), cairn().places());
        RemoteUrl pinned = remotes.pinned(url, patience);
        Path target = PathText.path(folder);
        try (RemoteClient client = remotes.client(pinned, patience, limits);
                Interruption interruption = Interruption.watch(client::cancel);
                TransferDisplay display = new TransferDisplay("clone", console())) {
            if (code != null) {
                client.enrol(code, remotes.deviceName());
            }
            return remotes.watched(
                    pinned,
                    rollback.isAccepted(),
                    watch -> pull(target, pinned, client, watch, open, display, interruption));
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
        if (Files.exists(target.resolve("remotes.json"))
                && pinned.equals(Remotes.read(target).all().get(Remotes.STANDARD))) {
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
        Repository repository = isBegun(target, info.repository())
                ? Repository.open(target, this::key, access().openOptions())
                : Repository.adopt(
                        target, info.configuration().bytes(), pinned.server(), this::key, access().openOptions());
        try {
            Remotes.read(target).add(Remotes.STANDARD, pinned);
        } catch (IOException | RuntimeException e) {
            repository.close();
            throw e;
        }
        return repository;
    }

    /** An empty replica without a remote is what is left of a clone that was cut off between the two. */
    private boolean isBegun(Path target, RepositoryId id) throws IOException {
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
