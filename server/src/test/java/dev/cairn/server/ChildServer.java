package dev.cairn.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a JVM of its own, for tests of what dies with one and of what is in one. */
final class ChildServer implements AutoCloseable {

    /** What a child needs beside its class path: the same as the tests' own JVM. */
    private static final List<String> JVM = List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m");

    private final Process process;
    private final String url;
    private final String code;

    private ChildServer(Process process, String url, String code) {
        this.process = process;
        this.url = url;
        this.code = code;
    }

    /** Starts a server in clear on a new data folder, and returns when it listens. */
    static ChildServer start(Path folder, String... jvm) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of(jvm));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), ChildServer.class.getName(), folder.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            throw new AssertionError("the child ended before it listened");
        }
        String[] words = line.split(" ", -1);
        return new ChildServer(process, words[0], words[1]);
    }

    String url() {
        return url;
    }

    /** By which the first admin enrols. */
    String code() {
        return code;
    }

    TestClient client() {
        return new TestClient(url, null);
    }

    /** As kill -9 does it. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to stop, and waits until it has. */
    int stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the child does not stop");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Runs in the child: serves until its input ends. */
    public static void main(String[] arguments) throws IOException {
        try (CairnServer server = CairnServer.start(TestServer.configuration(Path.of(arguments[0])))) {
            System.out.println(server.url() + " " + server.enrolmentCode());
            while (System.in.read() >= 0) {
                // Nothing is said to it but that it shall stop.
            }
        }
    }
}
