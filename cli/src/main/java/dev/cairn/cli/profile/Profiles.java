package dev.cairn.cli.profile;

import dev.cairn.cli.configuration.ConfigurationFile;
import dev.cairn.cli.configuration.NearestName;
import dev.cairn.cli.configuration.Setting;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.ShownText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The profiles of one file, every key of which is one. */
public final class Profiles {

    private static final String UID = "unix:uid";

    /** Belongs to whom this process runs as. */
    private static final Path THIS_PROCESS = Path.of("/proc/self");

    private static final String PROFILE = "profile";
    private static final List<String> DEFAULTS = List.of("defaults", "default");

    private final Path file;
    private final Setting.Table tables;
    private final List<Setting.Table> defaults = new ArrayList<>();

    private Profiles(Path file, Setting.Table tables) {
        this.file = file;
        this.tables = tables;
    }

    /**
     * Reads a file, and checks it whole but for the tables of single commands.
     *
     * @param commands the names of all commands
     * @throws CommandFailure if the file is not there, or says what no profile can say, with the line
     * @throws IOException if it cannot be read
     */
    public static Profiles read(Path file, Set<String> commands) throws IOException {
        Setting.Table tables;
        try {
            tables = ConfigurationFile.read(file);
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage(
                    "there are no profiles: no file " + ShownText.oneLine(file.toString()),
                    "Write them there, or name another file with --config; see docs/profiles.md.");
        }
        Profiles profiles = new Profiles(file, tables);
        profiles.check(commands);
        return profiles;
    }

    private void check(Set<String> commands) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw CommandFailure.usage(
                    ShownText.oneLine(file.toString()) + " may be written by every user, and it names commands to run",
                    "Take that away: chmod o-w FILE.");
        }
        if (isSomebodyElses()) {
            throw CommandFailure.usage(
                    ShownText.oneLine(file.toString()) + " belongs to another user, and it names commands to run",
                    "Let it belong to who runs it, or to root: chown FILE.");
        }
        tables.requireOnly(List.of(PROFILE, DEFAULTS.getFirst(), DEFAULTS.getLast()));
        for (String name : DEFAULTS) {
            tables.table(name).ifPresent(table -> {
                if (!defaults.isEmpty()) {
                    throw table.place().wrong("[defaults] and [default] are the same", "Put them into one.");
                }
                Profile.check(table, commands);
                defaults.add(table);
            });
        }
        tables.table(PROFILE)
                .ifPresent(all -> all.entries()
                        .keySet()
                        .forEach(name -> Profile.check(all.table(name).orElseThrow(), commands)));
    }

    /** As root with another user's home, as after {@code sudo -E}, that user's commands would be run as root. */
    private boolean isSomebodyElses() throws IOException {
        if (!Files.exists(THIS_PROCESS) || !Files.getFileStore(file).supportsFileAttributeView("unix")) {
            return false;
        }
        Object owner = Files.getAttribute(file, UID);
        return !owner.equals(0) && !owner.equals(Files.getAttribute(THIS_PROCESS, UID));
    }

    public Path file() {
        return file;
    }

    /** In the order of the file. */
    public List<String> names() {
        return tables.table(PROFILE)
                .map(all -> List.copyOf(all.entries().keySet()))
                .orElse(List.of());
    }

    /**
     * The profile of that name.
     *
     * @throws CommandFailure if there is none; says which are
     */
    public Profile require(String name) {
        Setting.Table own = tables.table(PROFILE)
                .flatMap(all -> all.table(name))
                .orElseThrow(() -> CommandFailure.usage(
                        "there is no profile '%s' in %s"
                                .formatted(ShownText.oneLine(name), ShownText.oneLine(file.toString())),
                        NearestName.hint(name, names())
                                + (names().isEmpty()
                                        ? "It has none; write [profile.NAME]."
                                        : "There are: " + String.join(", ", names()) + ".")));
        List<Setting.Table> layers = new ArrayList<>(defaults);
        layers.add(own);
        return new Profile(name, layers);
    }
}
