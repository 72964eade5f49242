package dev.cairn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CaptureError;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.cas.snapshot.capture.Excludes;
import dev.cairn.chunker.GearCutter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn snapshot}: captures folders and files, and moves a branch to what it captured. */
@Command(name = "snapshot", description = "Capture folders and files into a new snapshot.")
final class SnapshotCommand extends RepositoryCommand {

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

    @Option(names = "--allow-empty", description = "Believe a source that is empty and was not before.")
    private boolean allowEmpty;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be stored.")
    private boolean dryRun;

    private Repository.@Nullable Created created;

    @Override
    ExitCode run() throws IOException {
        CapturePlan plan = plan();
        CaptureResult result;
        Repository repository = openOrMake();
        try (repository;
                Interruption interruption = Interruption.watch();
                CaptureDisplay display = new CaptureDisplay(console())) {
            CaptureStore store = new CaptureStore(
                    repository.store(),
                    repository.keys(),
                    repository.sealer(),
                    repository.objects(),
                    new GearCutter(repository.gearTable(), repository.chunkProfile()),
                    repository.replica(),
                    "cairn " + ProgramVersion.text());
            result = capture(new Capture(store), plan, display, interruption);
        }
        report(repository, result);
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
                    access().places().variable("USER").orElse(System.getProperty("user.name", "")));
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

    private void report(Repository repository, CaptureResult result) {
        result.notes().forEach(console()::message);
        if (!result.otherPaths().isEmpty()) {
            console()
                    .message("Branch " + branch + " held other paths before: "
                            + String.join(
                                    ", ",
                                    result.otherPaths().stream()
                                            .map(RawName::display)
                                            .toList())
                            + ". To keep them apart, use --branch NAME.");
        }
        console().result(() -> json(repository, result), () -> text(result));
        if (result.snapshot() != null) {
            console()
                    .message("Next: cairn restore " + branch
                            + " --target DIR    cairn snapshots    cairn remote add NAME URL");
        }
    }

    private String text(CaptureResult result) {
        StringBuilder text = new StringBuilder(dryRun ? "Would capture " : "Snapshot ");
        if (result.snapshot() != null) {
            text.append(result.snapshot().abbreviated())
                    .append(" on ")
                    .append(branch)
                    .append(": ");
        }
        text.append("%s in %s, %s. %,d new, %,d changed, %,d unmodified.%n"
                .formatted(
                        CountText.of(result.files(), "file"),
                        CountText.of(result.directories(), "folder"),
                        SizeText.of(result.bytes()),
                        result.filesNew(),
                        result.filesChanged(),
                        result.filesUnmodified()));
        text.append("%s %s in %s as %s, in %.1f s."
                .formatted(
                        dryRun ? "Would store" : "Stored",
                        SizeText.of(result.bytesNew()),
                        CountText.of(result.chunksNew(), "new chunk"),
                        SizeText.of(result.bytesStored()),
                        seconds()));
        if (result.excluded() > 0) {
            text.append("%nLeft out: %s%s."
                    .formatted(
                            CountText.of(result.excluded(), "path"),
                            result.excludedBefore() == 0
                                    ? ""
                                    : ", and with them %,d entries that the previous snapshot has"
                                            .formatted(result.excludedBefore())));
        }
        if (result.errorCount() > 0) {
            text.append("%n%,d could not be read as they are; they are listed above.".formatted(result.errorCount()));
        }
        return text.toString();
    }

    private ObjectNode json(Repository repository, CaptureResult result) {
        ObjectNode node = Console.object().put("repository", repository.id().toString());
        if (created != null) {
            node.put("recoveryCode", created.recoveryCode());
        }
        node.put(
                        "snapshot",
                        result.snapshot() == null ? null : result.snapshot().toString())
                .put("root", result.root().toString())
                .put("branch", result.branch())
                .put("parent", result.parent() == null ? null : result.parent().toString())
                .put("files", result.files())
                .put("directories", result.directories())
                .put("bytes", result.bytes())
                .put("filesNew", result.filesNew())
                .put("filesChanged", result.filesChanged())
                .put("filesUnmodified", result.filesUnmodified())
                .put("chunksNew", result.chunksNew())
                .put("bytesNew", result.bytesNew())
                .put("bytesStored", result.bytesStored())
                .put("pathsExcluded", result.excluded())
                .put("entriesNowExcluded", result.excludedBefore())
                .put("errorCount", result.errorCount())
                .put("dryRun", dryRun)
                .put("seconds", seconds());
        ArrayNode errors = node.putArray("errors");
        for (CaptureError error : result.errors()) {
            ObjectNode one = errors.addObject();
            Console.putPath(one, error.path().bytes());
            one.put("operation", error.operation())
                    .put("reason", error.reason())
                    .put("kept", error.kept().name().toLowerCase(Locale.ROOT));
        }
        return node;
    }
}
