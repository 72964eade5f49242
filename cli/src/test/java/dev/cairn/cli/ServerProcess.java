package dev.cairn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code cairn serve} in a process of its own, on a free port that it keeps when it is started again. */
final class ServerProcess implements AutoCloseable {

    private final Path data;
    private final Path log;
    private final List<String> before;
    private final String[] options;
    private String address = "127.0.0.1:0";
    private Process process;
    private JsonNode announcement;

    ServerProcess(Path folder, String... options) throws IOException {
        this(List.of(), folder, options);
    }

    /** {@code before} stands before the command, for strace. */
    ServerProcess(List<String> before, Path folder, String... options) throws IOException {
        this.before = before;
        this.data = folder.resolve("server");
        this.log = folder.resolve("server.log");
        this.options = options.clone();
        this.process = launch();
        this.announcement = readAnnouncement();
        String url = announcement.path("url").asText();
        address = url.substring(url.indexOf("//") + 2);
    }

    private Process launch() throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("serve", "--data", data.toString(), "--listen", address, "--json"));
        arguments.addAll(List.of(options));
        // No home, no keys: what a server needs is in its data folder.
        ProcessBuilder child = ChildProcess.prepare(Map.of("HOME", "/nonexistent"), arguments.toArray(String[]::new));
        child.command().addAll(0, before);
        return child.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private JsonNode readAnnouncement() throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server ended; see " + log);
        }
        return new ObjectMapper().readTree(line);
    }

    Path data() {
        return data;
    }

    Path log() {
        return log;
    }

    JsonNode announcement() {
        return announcement;
    }

    String enrolmentCode() {
        return announcement.path("enrolmentCode").asText();
    }

    /** The URL of a repository of the default tenant. */
    String url(String repository) {
        String fingerprint = announcement.path("fingerprint").asText("");
        return announcement.path("url").asText()
                + "/default/" + repository
                + (announcement.path("fingerprint").isNull() ? "" : "#" + fingerprint);
    }

    /** Where the store of a repository of the default tenant is. */
    Path store(String repository) {
        return data.resolve("tenants/default").resolve(repository);
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again, on the same port. */
    void restart() throws IOException {
        process = launch();
        announcement = readAnnouncement();
    }

    /** SIGTERM; gives the exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the server does not stop");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
