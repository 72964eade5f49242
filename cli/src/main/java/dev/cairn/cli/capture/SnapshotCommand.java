package dev.cairn.cli.capture;

import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import dev.cairn.cas.snapshot.capture.Excludes;
import dev.cairn.cli.command.HostName;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryAccess;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.TagName;
import dev.cairn.cli.console.RecoveryNotice;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.RawText;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn snapshot}: captures folders and files, and moves a branch to what it captured. */
@Command(
        name = "snapshot",
        description = "Capture folders and files into a new snapshot.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn snapshot ~/documents",
            "  cairn snapshot ~/work --branch work --exclude node_modules/ --tag before-move",
            "Next: 'cairn snapshots' lists what was captured, 'cairn push' takes it to a remote. Patterns: 'cairn help"
                    + " patterns'."
        })
public final class SnapshotCommand extends RepositoryCommand {

    @Parameters(
            arity = "0..*",
            paramLabel = "PATH",
            description = "What to capture; with --stdin-from-command, the command and its arguments.")
    private List<String> paths = new ArrayList<>();

    @Option(
            names = "--branch",
            paramLabel = "B",
            defaultValue = "main",
            description = "The branch to move. Default: main.")
    private String branch = "main";

    @Option(names = "--tag", paramLabel = "T", description = "Tag the snapshot; may be given several times.")
    private List<String> tags = new ArrayList<>();

    @Mixin
    private final ExcludeOptions excludes = new ExcludeOptions();

    @Mixin
    private final SourceOptions listed = new SourceOptions();

    @Mixin
    private final StreamOptions streams = new StreamOptions();

    @Option(names = "--one-file-system", description = "Stay on the file systems of the sources.")
    private boolean oneFileSystem;

    @Option(
            names = "--allow-empty",
            description =
                    "Take a source that is empty now, and was not in the snapshot before, as it is. Without this it is"
                        + " an error: its file system may not be mounted, or what writes the stream may have failed.")
    private boolean allowEmpty;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be stored.")
    private boolean dryRun;

    private Repository.@Nullable Created created;

    @Override
    protected ExitCode run() throws IOException {
        CapturePlan plan = plan();
        CaptureResult result;
        Repository repository = openOrMake();
        try (repository;
                Interruption interruption = Interruption.watch();
                CaptureDisplay display = new CaptureDisplay("capture", console())) {
            result = capture(new Capture(RepositoryAccess.captureStore(repository)), plan, display, interruption);
        }
        if (result.snapshot() != null) {
            cairn().made(result.snapshot(), result.branch());
        }
        new CaptureReport(console(), "capture", dryRun, created, seconds()).tell(repository.id(), result);
        return result.isPartial() ? ExitCode.PARTIAL : ExitCode.DONE;
    }

    private CaptureResult capture(Capture capture, CapturePlan plan, CaptureDisplay display, Interruption interruption)
            throws IOException {
        if (!streams.isGiven()) {
            return capture.run(plan, display, interruption);
        }
        try (StreamReader reader = streams.open(paths, interruption)) {
            return capture.run(plan, streams.named(reader), display, interruption);
        }
    }

    private List<byte[]> sources() throws IOException {
        if (streams.isGiven()) {
            if (listed.isGiven()) {
                throw CommandFailure.usage("--stdin and --files-from exclude each other", "Give one of them.");
            }
            streams.requireArguments(paths);
            return List.of(streams.path().bytes());
        }
        List<byte[]> sources = new ArrayList<>(listed.paths());
        paths.forEach(path -> sources.add(RawText.bytes(path)));
        if (sources.isEmpty()) {
            throw CommandFailure.usage(
                    listed.isGiven() ? "the files given with --files-from name nothing" : "there is nothing to capture",
                    "Name a folder or a file: cairn snapshot PATH. See 'cairn snapshot --help'.");
        }
        return sources;
    }

    private CapturePlan plan() throws IOException {
        tags.forEach(TagName::require);
        List<byte[]> sources = sources();
        Excludes left = excludes.excludes();
        try {
            CapturePlan plan = new CapturePlan(
                    sources,
                    branch,
                    tags,
                    left,
                    oneFileSystem,
                    dryRun,
                    allowEmpty,
                    List.of(RawText.bytes(access().folder().toAbsolutePath().toString())),
                    HostName.text(),
                    cairn().places().userName());
            return listed.isGiven() ? plan.withAbsolutePaths() : plan;
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "See 'cairn snapshot --help'.");
        }
    }

    /** Only the default repository is ever made unasked. */
    private Repository openOrMake() {
        RepositoryAccess access = access();
        if (access.named().isPresent() || Files.exists(access.folder())) {
            return access.open();
        }
        if (dryRun) {
            throw new NoRepositoryException(
                    access.folder().toString(), "Without --dry-run the snapshot makes it; or run: cairn init");
        }
        char[] password = access.keys().newPassword();
        CreateOptions options = password == null
                ? CreateOptions.withKeyFile(access.places()::keyFile)
                : CreateOptions.withPassword(password);
        Repository.Created made = access.create(options);
        created = made;
        console().message("Made repository " + made.repository().id() + " at " + access.folder());
        RecoveryNotice.print(console(), made);
        return made.repository();
    }
}
