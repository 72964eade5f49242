package dev.cairn.cli.command;

import dev.cairn.cas.RepositoryId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where things are kept on this machine, by the environment's own conventions (XDG base directories). */
public record Places(Map<String, String> environment) {

    /** Those of this process. */
    public static Places system() {
        return new Places(System.getenv());
    }

    /** A variable of the environment; empty where it is unset or has no characters. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** The repository that is used where none is named, and the only one that is made unasked. */
    Path defaultRepository() {
        return data().resolve("default");
    }

    /** Where a server keeps its data unless told otherwise. */
    public Path defaultServerData() {
        return data().resolve("server");
    }

    /** The key file that is made with a repository. */
    public Path keyFile(RepositoryId id) {
        return keyFolder().resolve(id + ".key");
    }

    /** Where key files are, and the device's key beside that folder. */
    public Path keyFolder() {
        return configuration().resolve("keys");
    }

    /** The key that this user's device proves itself with. */
    public Path deviceKey() {
        return configuration().resolve("device.key");
    }

    /** The file of profiles, whether it is there or not. */
    public Path profiles() {
        return variable("CAIRN_CONFIG")
                .map(Path::of)
                .orElseGet(() -> configuration().resolve("config.toml"));
    }

    /** Files of which the first that is there says how a server runs. */
    public List<Path> serverFiles() {
        return List.of(configuration().resolve("server.toml"), Path.of("/etc/cairn/server.toml"));
    }

    /** Where is kept what was seen of remotes: outside of every repository, since it outlives them. */
    public Path sightings() {
        return variable("XDG_STATE_HOME")
                .map(Path::of)
                .orElseGet(() -> home().resolve(".local").resolve("state"))
                .resolve("cairn")
                .resolve("seen");
    }

    /** Who runs the command, for people. */
    public String userName() {
        return variable("USER").orElse(System.getProperty("user.name", ""));
    }

    private Path data() {
        return variable("XDG_DATA_HOME")
                .map(Path::of)
                .orElseGet(() -> home().resolve(".local").resolve("share"))
                .resolve("cairn");
    }

    private Path configuration() {
        return variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElseGet(() -> home().resolve(".config"))
                .resolve("cairn");
    }

    public Path home() {
        return variable("HOME").map(Path::of).orElseGet(() -> Path.of(System.getProperty("user.home", "/")));
    }
}
