package dev.cairn.cli.remote;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.replicator.RemoteUrl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The remotes of a repository, by name: the file {@code remotes.json} in its folder, written whole and renamed. */
public final class Remotes {

    /** What {@code push} and {@code pull} use where no name is given. */
    static final String STANDARD = "origin";

    private static final long FILE_BYTES_MAX = 1 << 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final TreeMap<String, RemoteUrl> urls = new TreeMap<>();

    private Remotes(Path file) {
        this.file = file;
    }

    /** Reads those of the repository in {@code folder}. */
    public static Remotes read(Path folder) throws IOException {
        Remotes remotes = new Remotes(folder.resolve("remotes.json"));
        try {
            if (Files.size(remotes.file) > FILE_BYTES_MAX) {
                throw remotes.malformed("it is too long");
            }
            JsonNode tree = JSON.readTree(new String(Files.readAllBytes(remotes.file), StandardCharsets.UTF_8));
            for (Map.Entry<String, JsonNode> remote : tree.path("remotes").properties()) {
                remotes.urls.put(
                        remote.getKey(),
                        RemoteUrl.parse(remote.getValue().path("url").asText()));
            }
        } catch (NoSuchFileException e) {
            return remotes;
        } catch (JacksonException e) {
            // Not its own text, which tells where in our program the text was read.
            throw remotes.malformed(e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw remotes.malformed(String.valueOf(e.getMessage()));
        }
        return remotes;
    }

    private CommandFailure malformed(String reason) {
        return new CommandFailure(
                ExitCode.FAILED,
                file + " is not a list of remotes: " + reason,
                "Remove it and add the remotes again with 'cairn remote add'.");
    }

    public Map<String, RemoteUrl> all() {
        return Map.copyOf(urls);
    }

    /** The remote of that name. */
    public RemoteUrl require(String name) {
        RemoteUrl url = urls.get(name);
        if (url == null) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "no remote '" + name + "'"
                            + (urls.isEmpty()
                                    ? "; there are none yet"
                                    : "; there are " + String.join(", ", urls.keySet())),
                    "Add it with: cairn remote add " + name
                            + " https://HOST:PORT/TENANT/REPOSITORY#sha256:FINGERPRINT");
        }
        return url;
    }

    /** Fails, as wrong usage, where {@code name} is none for a remote. */
    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw CommandFailure.usage("not a name for a remote: '" + name + "'", "Use letters, digits and . _ -");
        }
    }

    void add(String name, RemoteUrl url) throws IOException {
        requireName(name);
        urls.put(name, url);
        write();
    }

    void remove(String name) throws IOException {
        require(name);
        urls.remove(name);
        write();
    }

    private void write() throws IOException {
        ObjectNode tree = JSON.createObjectNode();
        ObjectNode remotes = tree.putObject("remotes");
        urls.forEach((name, url) -> remotes.putObject(name).put("url", url.toString()));
        DurableFile.replace(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree));
    }
}
