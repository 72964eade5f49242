package dev.cairn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A person with a home of their own who runs commands, in this process. */
final class TestUser {

    private static final ObjectMapper JSON = new ObjectMapper();

    final Path home;
    private final Map<String, String> environment = new TreeMap<>();

    TestUser(Path home) throws IOException {
        this.home = Files.createDirectories(home);
        environment.put("HOME", home.toString());
        environment.put("USER", "ada");
    }

    TestUser with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Map<String, String> environment() {
        return environment;
    }

    Path defaultRepository() {
        return home.resolve(".local/share/cairn/default");
    }

    /** What a command ended with. */
    record Ending(int exitCode, byte[] outBytes, String err) {

        String out() {
            return new String(outBytes, StandardCharsets.UTF_8);
        }

        /** The one document on standard output. */
        JsonNode json() {
            return parse(out());
        }

        /** The documents of a long listing, a line each. */
        List<JsonNode> jsonLines() {
            return out().lines().map(Ending::parse).toList();
        }

        /** The error on standard error: its last line. */
        JsonNode error() {
            return parse(err.lines().reduce("", (before, line) -> line)).path("error");
        }

        private static JsonNode parse(String text) {
            if (text.strip().lines().count() > 1) {
                throw new AssertionError("not one line: " + text);
            }
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new AssertionError("no JSON: " + text, e);
            }
        }

        @Override
        public String toString() {
            return "exit code %d%n%s%n%s".formatted(exitCode, out(), err);
        }
    }

    /** Runs a command. */
    Ending run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(new Places(Map.copyOf(environment)), Console.utf8(out), Console.utf8(err), arguments);
        return new Ending(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command that must succeed. */
    Ending ok(String... arguments) {
        Ending ending = run(arguments);
        if (ending.exitCode() != 0) {
            throw new AssertionError(String.join(" ", arguments) + ": " + ending);
        }
        return ending;
    }

    /** Runs a command that must succeed, for the document that it gives. */
    JsonNode json(String... arguments) {
        String[] all = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--json";
        return ok(all).json();
    }

    /** Writes a file below the home. */
    Path write(String name, String content) {
        try {
            Path file = home.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
