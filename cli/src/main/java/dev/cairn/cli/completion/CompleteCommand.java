package dev.cairn.cli.completion;

import dev.cairn.cas.Branch;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cas.repository.OpenOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.note.NoteBook;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.profile.Profiles;
import dev.cairn.cli.remote.Remotes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code cairn complete}: names of a repository for a shell that completes a word, one a line. Says nothing where they cannot be
 * had, waits for nobody, and never asks for a password. Of tags and of paths in a snapshot alone it needs the key.
 */
@Command(name = "complete", hidden = true, description = "The names that a repository has, one a line.")
public final class CompleteCommand extends RepositoryCommand {

    enum Kind {
        BRANCHES,
        SNAPSHOTS,
        PLACES,
        REMOTES,
        TAGS,
        PROFILES
    }

    @Parameters(
            index = "0",
            paramLabel = "branches|snapshots|places|remotes|tags|profiles",
            description = "Of which kind.")
    private Kind kind = Kind.BRANCHES;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "WORD",
            description = "Of places: what stands there so far. With a colon, what may follow it.")
    private String word = "";

    @Override
    protected ExitCode run() {
        Collection<String> names;
        try {
            names = names();
        } catch (CommandFailure | StoreException | IOException e) {
            // A shell that completes a word has no place for reasons; the command itself will tell them.
            return ExitCode.FAILED;
        }
        if (!names.isEmpty()) {
            console().line(String.join(System.lineSeparator(), names));
        }
        return ExitCode.DONE;
    }

    private Collection<String> names() throws IOException {
        if (kind == Kind.PROFILES) {
            return Profiles.read(cairn().profilesFile(), cairn().commands()).names();
        }
        Path folder = access().requireFolder();
        OpenOptions options = OpenOptions.DEFAULT.withReadOnly(true).withLockWait(Duration.ZERO);
        return switch (kind) {
            case BRANCHES -> {
                try (ObjectStore store = Repository.openStore(folder, options)) {
                    yield branches(store);
                }
            }
            case SNAPSHOTS -> {
                try (ObjectStore store = Repository.openStore(folder, options)) {
                    yield snapshots(store);
                }
            }
            case PLACES -> {
                if (SnapshotPlace.colon(word) < 0) {
                    try (ObjectStore store = Repository.openStore(folder, options)) {
                        yield snapshots(store);
                    }
                }
                try (Repository repository = Repository.open(folder, this::key, options)) {
                    yield PathCandidates.of(repository, word);
                }
            }
            case REMOTES -> new TreeSet<>(Remotes.read(folder).all().keySet());
            case PROFILES -> List.of();
            case TAGS -> {
                try (Repository repository = Repository.open(folder, this::key, options)) {
                    yield tags(repository);
                }
            }
        };
    }

    private static List<String> branches(ObjectStore store) {
        return store.branches().stream().map(Branch::name).toList();
    }

    private static List<String> snapshots(ObjectStore store) {
        List<String> newestFirst = store.snapshots().reversed().stream()
                .map(RetainedSnapshot::snapshot)
                .map(id -> id.abbreviated())
                .toList();
        return Stream.concat(branches(store).stream(), newestFirst.stream()).toList();
    }

    private static Set<String> tags(Repository repository) {
        NoteBook notes = repository.notes();
        TreeSet<String> tags = new TreeSet<>();
        for (RetainedSnapshot retained : repository.store().snapshots()) {
            tags.addAll(notes.marks(repository.snapshot(retained.snapshot())).tags());
        }
        return tags;
    }

    /** What was given, or the key file in its place: all but what may ask. */
    private KeySource key(RepositoryId id) {
        if (access().keys().mayAsk()) {
            throw new WrongKeyException("the key of repository " + id + " may be asked for", "", null);
        }
        return access().keys().given().orElseGet(() -> {
            Path file = cairn().places().keyFile(id);
            if (!Files.isReadable(file)) {
                throw new WrongKeyException("no key for repository " + id, "", null);
            }
            return new KeySource.KeyFilePath(file);
        });
    }
}
