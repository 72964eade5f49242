package dev.cairn.cli.command;

import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.OpenOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.cli.text.PathText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Finds, opens and makes the repository that a command works on. */
public final class RepositoryAccess {

    private final GlobalOptions global;
    private final Places places;
    private final KeyChoice keys;

    private RepositoryAccess(GlobalOptions global, Places places, KeyChoice keys) {
        this.global = global;
        this.places = places;
        this.keys = keys;
    }

    /** That of a command line. */
    public static RepositoryAccess of(CairnCommand cairn) {
        return new RepositoryAccess(cairn.global(), cairn.places(), cairn.keys());
    }

    /** The folder that was named, else the default one. */
    public Path folder() {
        return named().orElseGet(places::defaultRepository);
    }

    /** The folder that the command line or the environment names. */
    public Optional<Path> named() {
        return global.repository().or(() -> places.variable("CAIRN_REPO")).map(PathText::path);
    }

    public OpenOptions openOptions() {
        return OpenOptions.DEFAULT.withLockWait(Duration.ofMillis(global.lockWaitMillis()));
    }

    public KeyChoice keys() {
        return keys;
    }

    public Places places() {
        return places;
    }

    /** The folder of a repository that is there; {@code cairn init} is the way on where there is none. */
    public Path requireFolder() {
        Path folder = folder();
        if (!Files.exists(folder)) {
            throw new NoRepositoryException(
                    folder.toString(),
                    named().isPresent()
                            ? "Make one with: cairn init -r " + folder
                            : "'cairn snapshot DIR' makes it with the first snapshot, 'cairn init' an empty one.");
        }
        return folder;
    }

    /**
     * The repository's folder, for what reads or writes beside its index. Whether it is whole shows when it is opened.
     *
     * @throws NoRepositoryException if there is no folder, or one that holds no repository
     */
    public Path requireRepository() {
        Path folder = requireFolder();
        if (!Files.isDirectory(folder)) {
            throw new NoRepositoryException(folder.toString(), "That is a file; a repository is a folder.");
        }
        // A folder that is closed to this user looks like an empty one.
        boolean open = Files.isExecutable(folder);
        if (open && !Files.exists(folder.resolve("index")) && !Files.exists(folder.resolve("volumes"))) {
            throw new NoRepositoryException(
                    folder.toString(),
                    "The folder is there but holds no repository. Make one with 'cairn init', or check the path.");
        }
        return folder;
    }

    /** Opens the repository. */
    public Repository open() {
        return opened(openOptions());
    }

    /** Opens the repository, only to be read where nothing is to be written. */
    public Repository open(DryRun dryRun) {
        return dryRun.isWanted() ? openToRead() : open();
    }

    /** Opens the repository for reading only. */
    public Repository openToRead() {
        return opened(openOptions().withReadOnly(true));
    }

    private Repository opened(OpenOptions options) {
        try {
            return Repository.open(requireFolder(), keys::source, options);
        } catch (WrongKeyException e) {
            Optional<Path> untold = keys.fileTakenUnasked();
            if (untold.isEmpty()) {
                throw e;
            }
            // What nobody named is what nobody thinks of.
            throw new WrongKeyException(
                    String.valueOf(e.getMessage()),
                    e.hint() + " What was tried is the key file in its usual place, " + untold.get()
                            + ": where it is not there, a password is asked for.",
                    e);
        }
    }

    /** Makes a repository with the key source that was named, else with a key file in its usual place. */
    public Repository.Created create(CreateOptions options) {
        return Repository.create(folder(), options.withOpen(openOptions()));
    }

    /** What a capture needs of a repository that is open. */
    public static CaptureStore captureStore(Repository repository) {
        return CaptureStore.of(repository, "cairn " + ProgramVersion.text());
    }
}
