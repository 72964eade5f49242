package dev.cairn.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A command in a process of its own, as a person starts it, to be killed. */
final class ChildProcess {

    private static final List<String> JVM = List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xmx256m");

    private ChildProcess() {}

    /** Prepares a command line; where its output goes is the caller's. */
    static ProcessBuilder prepare(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("CAIRN_") || name.startsWith("XDG_"));
        builder.environment().putAll(environment);
        return builder;
    }

    /** Starts a command whose output nobody reads. */
    static Process start(Map<String, String> environment, Path log, String... arguments) throws IOException {
        return prepare(environment, arguments)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }
}
