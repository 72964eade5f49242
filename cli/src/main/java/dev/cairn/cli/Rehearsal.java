package dev.cairn.cli;

import dev.cairn.cli.command.Places;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.server.CairnServer;
import dev.cairn.server.ServerConfiguration;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/**
 * Every common command once, on made-up data in a scratch folder, within this process: what a JVM that records an ahead-of-time
 * cache (JEP 483, 514 and 515) looks at. The data are those of a seed, so that two builds see the same; some compress and some do
 * not, there are many small files and one large.
 */
final class Rehearsal {

    private static final int SMALL_FILES = 3_000;
    private static final int FOLDERS = 100;
    private static final int LARGE_FILE_BYTES = 24 << 20;
    private static final String HASH_PREFIX = "#";

    private final Path scratch;
    private final Path source;
    private final Path replica;
    private final Places places;
    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    private final Random random = new Random(7);

    /** One that keeps all it makes in {@code scratch}, an empty folder that the caller removes. */
    Rehearsal(Path scratch) {
        this.scratch = scratch;
        source = scratch.resolve("source");
        replica = scratch.resolve("replica");
        places = new Places(Map.of("HOME", scratch.toString()));
    }

    /**
     * Runs what works on this machine alone; takes seconds.
     *
     * @throws IOException where the scratch folder cannot be written, or the server cannot start
     * @throws IllegalStateException where a command fails
     */
    void local() throws IOException {
        makeFiles();
        run("init");
        run("snapshot", source.toString());
        run("snapshot", source.toString(), "--json");
        editFiles();
        run("snapshot", source.toString());
        run("snapshots");
        run("ls", "main");
        run("cat", "main:large");
        run("complete", "snapshots");
        run("diff", "main~1", "main");
        run("restore", "main", "--target", scratch.resolve("restored").toString());
        run("verify", "--data");
        rdiff();
        run("version");
    }

    /**
     * Makes a repository with a snapshot: what {@link #look} looks at; takes seconds.
     *
     * @throws IOException where the folder cannot be written
     * @throws IllegalStateException where a command fails
     */
    void prepare() throws IOException {
        makeFiles();
        run("snapshot", source.toString());
    }

    /**
     * Runs what is over in a moment and reads or changes no contents. Apart from the others, in a process that has not made what it looks at: all
     * that the others take would be loaded at every start.
     *
     * @throws IllegalStateException where a command fails
     */
    void look() {
        run("snapshots");
        run("snapshots", "--json");
        run("branch", "list");
        run("branch", "create", "other", "main");
        run("pin", "main");
        run("tag", "add", "main", "tag");
        run("complete", "snapshots");
    }

    private void rdiff() throws IOException {
        Path basis = source.resolve("large");
        Path target = scratch.resolve("large-edited");
        byte[] edited = Files.readAllBytes(basis);
        // A change at every third MiB, so that long copies, short ones and bytes that match nothing come before.
        for (int at = 0; at < edited.length; at += 3 << 20) {
            byte[] fresh = text(200_000);
            System.arraycopy(fresh, 0, edited, at, Math.min(fresh.length, edited.length - at));
        }
        Files.write(target, edited);
        String signature = scratch.resolve("signature").toString();
        String delta = scratch.resolve("delta").toString();
        run("rdiff", "signature", "-f", "-H", "md4", "-R", "rollsum", basis.toString(), signature);
        run("rdiff", "delta", "-f", signature, target.toString(), delta);
        run("rdiff", "signature", "-f", basis.toString(), signature);
        run("rdiff", "delta", "-f", signature, target.toString(), delta);
        run(
                "rdiff",
                "patch",
                basis.toString(),
                delta,
                scratch.resolve("patched").toString());
    }

    /**
     * Runs what talks to a server, and the server; takes seconds. Apart from the others, since the libraries that it takes would
     * be loaded at every start.
     *
     * @throws IOException where the scratch folder cannot be written, or the server cannot start
     * @throws IllegalStateException where a command fails
     */
    void network() throws IOException {
        prepare();
        ServerConfiguration configuration =
                ServerConfiguration.of(scratch.resolve("server")).withAddress("127.0.0.1", 0);
        try (CairnServer server = CairnServer.start(configuration)) {
            String url = server.url() + "/default/rehearsal"
                    + server.fingerprint()
                            .map(fingerprint -> HASH_PREFIX + fingerprint)
                            .orElse("");
            run("remote", "add", "origin", url, "--enrol", String.valueOf(server.enrolmentCode()));
            run("push");
            run("pull");
            run("clone", url, replica.toString());
        }
    }

    private void run(String... arguments) {
        int code = Main.run(places, nowhere, nowhere, arguments);
        if (code != ExitCode.DONE.number()) {
            throw new IllegalStateException("exit code " + code + " of: cairn " + String.join(" ", arguments));
        }
    }

    private void makeFiles() throws IOException {
        for (int i = 0; i < SMALL_FILES; i++) {
            Path folder = Files.createDirectories(source.resolve("folder-" + i % FOLDERS));
            Files.write(folder.resolve("file-" + i), text(random.nextInt(4_000)));
        }
        byte[] noise = new byte[LARGE_FILE_BYTES / 4];
        random.nextBytes(noise);
        try (OutputStream large = Files.newOutputStream(source.resolve("large"))) {
            large.write(noise);
            for (int written = noise.length; written < LARGE_FILE_BYTES; written += 1 << 20) {
                large.write(text(1 << 20));
            }
        }
    }

    private void editFiles() throws IOException {
        for (int i = 0; i < SMALL_FILES; i += 50) {
            Files.write(source.resolve("folder-" + i % FOLDERS).resolve("file-" + i), text(2_000));
        }
    }

    /** Lines of digits and letters, which compress as tables and sources do. */
    private byte[] text(int bytes) {
        StringBuilder text = new StringBuilder(bytes + 64);
        while (text.length() < bytes) {
            text.append("INSERT INTO t VALUES (")
                    .append(random.nextInt(1_000_000))
                    .append(", '")
                    .append(Integer.toString(random.nextInt(), Character.MAX_RADIX))
                    .append("');\n");
        }
        return text.substring(0, bytes).getBytes(StandardCharsets.US_ASCII);
    }
}
