package dev.cairn.cli.remote;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Sighting;
import dev.cairn.replicator.protocol.LogHead;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The file that keeps what this user saw of one remote, for all replicas of it: JSON, readable by its owner alone, written whole
 * and on disk before a call returns. A remote is known by the key that is pinned for its server, so that another address of
 * the same server is the same remote; without TLS by its address.
 */
final class SightingFile {

    private static final int FORMAT = 1;
    private static final long FILE_BYTES_MAX = 4 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** File locks are a process's, not a thread's: the threads of this one take turns first. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Path file;
    private final String remote;

    SightingFile(Path folder, RemoteUrl url) {
        String server =
                url.fingerprint() == null ? url.server() : url.fingerprint().toString();
        this.remote = server + "/" + url.name();
        this.file = folder.resolve(name(remote) + ".json");
    }

    private static String name(String remote) {
        byte[] digest = Sha256.of(remote.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 16);
    }

    /** What was seen; null if nothing was yet. Fails where the file holds something else: then nobody knows what was seen. */
    @Nullable
    Sighting read() throws IOException {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw malformed("it is too long");
            }
            return parse(JSON.readTree(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return null;
        } catch (JacksonException e) {
            throw malformed(e.getOriginalMessage());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private Sighting parse(JsonNode tree) {
        if (tree.path("format").asInt() != FORMAT
                || !tree.path("remote").asText().equals(remote)) {
            throw malformed("it is of another format or remote");
        }
        Map<String, Sighting.Head> heads = new TreeMap<>();
        for (Map.Entry<String, JsonNode> branch : tree.path("branches").properties()) {
            JsonNode head = branch.getValue();
            heads.put(
                    branch.getKey(),
                    new Sighting.Head(
                            ObjectId.parse(head.path("snapshot").asText()),
                            head.path("sequence").asLong(-1),
                            Instant.parse(head.path("seen").asText())));
        }
        return new Sighting(
                RepositoryId.parse(tree.path("repository").asText()),
                tree.path("configuration").asLong(-1),
                heads,
                tree.has("log")
                        ? new LogHead(
                                tree.path("log").path("sequence").asLong(-1),
                                tree.path("log").path("hash").asText())
                        : null);
    }

    private CommandFailure malformed(String reason) {
        return new CommandFailure(
                ExitCode.DAMAGED,
                file + " does not say what was seen of the remote: " + reason,
                "Restore the file. Or remove it, and the remote is taken as it shows itself the next time.");
    }

    /** Replaces what is kept by what {@code change} makes of it, null for nothing. Of several processes one after the other. */
    void update(UnaryOperator<@Nullable Sighting> change) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("not in a folder: " + file);
        }
        DurableFile.makeOwnFolder(folder);
        THREADS.lock();
        try (FileChannel channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException("the lock in " + folder + " was lost");
            }
            Sighting after = change.apply(read());
            if (after == null) {
                Files.deleteIfExists(file);
            } else {
                DurableFile.replace(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json(after)));
            }
        } finally {
            THREADS.unlock();
        }
    }

    private ObjectNode json(Sighting sighting) {
        ObjectNode tree = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("remote", remote)
                .put("repository", sighting.repository().toString())
                .put("configuration", sighting.configuration());
        LogHead log = sighting.log();
        if (log != null) {
            tree.putObject("log").put("sequence", log.sequence()).put("hash", log.hash());
        }
        ObjectNode branches = tree.putObject("branches");
        new TreeMap<>(sighting.heads())
                .forEach((name, head) -> branches.putObject(name)
                        .put("snapshot", head.snapshot().toString())
                        .put("sequence", head.sequence())
                        .put("seen", head.seen().toString()));
        return tree;
    }
}
