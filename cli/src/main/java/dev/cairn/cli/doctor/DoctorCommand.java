package dev.cairn.cli.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.doctor.Finding.Level;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.remote.RemoteAccess;
import dev.cairn.cli.text.CountText;
import dev.cairn.replicator.RemoteUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn doctor}: looks at machine, files and repository, and says what to do. */
@Command(
        name = "doctor",
        description = "Check the machine, this user's files and the repository, and say what to do. Works without a"
                + " repository, unless one is named, and without its key.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn doctor", "  cairn doctor --remotes --json", "Each warning and problem names what to do."})
public final class DoctorCommand extends RepositoryCommand {

    @Option(names = "--remotes", description = "Ask each remote whether it answers, and what time it is there.")
    private boolean remotes;

    private final Findings findings = new Findings();

    @Override
    protected ExitCode run() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        new MachineCheck(findings, cairn().places().environment()).run();
        new MemoryCheck(findings, Path.of("/")).run(Runtime.getRuntime().maxMemory());
        new KeyFileCheck(findings, cairn().places()).run();
        new ProfileCheck(findings, cairn()).run();
        Path folder = access().named().isPresent() ? access().requireFolder() : access().folder();
        long bytes = repository(folder, now);
        new FolderCheck(findings, folder).run(bytes);
        findings.all().forEach(this::tell);
        console().result(() -> json(folder), this::summary);
        return findings.count(Level.DAMAGE) > 0
                ? ExitCode.DAMAGED
                : findings.count(Level.PROBLEM) > 0 ? ExitCode.FAILED : ExitCode.DONE;
    }

    /** Looks at the repository, if there is one; gives what it takes on the disk. */
    private long repository(Path folder, Instant now) {
        if (!Files.exists(folder)) {
            findings.ok("repository", "there is none at " + folder + "; what is about one was left out");
            return 0;
        }
        LmdbObjectStore.Options options = LmdbObjectStore.Options.DEFAULT
                .withReadOnly(true)
                .withNetworkFileSystem(true)
                .withLockWait(access().openOptions().lockWait());
        RemoteAccess remoteAccess = new RemoteAccess(console(), cairn().places());
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, options)) {
            findings.ok("repository", "%s at %s".formatted(store.repositoryId(), folder));
            Map<String, RemoteUrl> all =
                    new StoreCheck(findings, folder, cairn().places(), remoteAccess, now).run(store);
            withKey(store, now);
            if (remotes) {
                new RemoteCheck(findings, remoteAccess, DryRun.always()).run(all);
            }
            return store.stats().diskBytes();
        } catch (NoRepositoryException e) {
            findings.ok("repository", e.getMessage() + "; what is about one was left out");
        } catch (CorruptDataException e) {
            findings.damage("repository", e.where() + " is damaged: " + e.reason(), "Run: cairn repair -r " + folder);
        } catch (StoreException e) {
            findings.problem("repository", String.valueOf(e.getMessage()), e.hint());
        }
        return 0;
    }

    /** What the key shows, if there is one without asking for it. */
    private void withKey(LmdbObjectStore store, Instant now) {
        boolean isNamed = access().keys().given().isPresent();
        if (!isNamed && Files.notExists(cairn().places().keyFile(store.repositoryId()))) {
            findings.ok(
                    "key",
                    "no key was given, and there is no key file: the ages of snapshots and the clock were not looked"
                            + " at");
            return;
        }
        try (Repository repository = access().openToRead()) {
            findings.ok("key", "the key opens the repository");
            new SnapshotCheck(findings, repository, now).run();
        } catch (WrongKeyException e) {
            findings.problem("key", String.valueOf(e.getMessage()), e.hint());
        } catch (CorruptDataException e) {
            findings.damage("key", e.where() + " is damaged: " + e.reason(), "Run: cairn repair");
        } catch (StoreException e) {
            findings.problem("key", String.valueOf(e.getMessage()), e.hint());
        }
    }

    private void tell(Finding finding) {
        console()
                .textLine(() -> "%-8s %-17s %s%s"
                        .formatted(
                                finding.level().word(),
                                finding.check(),
                                finding.message(),
                                finding.hint().isEmpty() ? "" : "%n%27s%s".formatted("", finding.hint())));
    }

    private String summary() {
        long problems = findings.count(Level.PROBLEM) + findings.count(Level.DAMAGE);
        return "%s looked at: %s, %s."
                .formatted(
                        CountText.of(findings.all().size(), "thing"),
                        CountText.of(problems, "problem"),
                        CountText.of(findings.count(Level.WARNING), "warning"));
    }

    private ObjectNode json(Path folder) {
        ObjectNode node = Console.object()
                .put("repo", folder.toString())
                .put("problems", findings.count(Level.PROBLEM) + findings.count(Level.DAMAGE))
                .put("warnings", findings.count(Level.WARNING));
        ArrayNode array = node.putArray("checks");
        for (Finding finding : findings.all()) {
            array.addObject()
                    .put("check", finding.check())
                    .put("level", finding.level().word())
                    .put("message", finding.message())
                    .put("hint", finding.hint());
        }
        return node.put("seconds", seconds());
    }
}
