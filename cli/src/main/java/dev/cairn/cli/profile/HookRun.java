package dev.cairn.cli.profile;

import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.text.ShownText;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Runs hooks: their output goes to standard error, they read nothing, and one that takes too long is ended with all that it started.
 */
public final class HookRun {

    /** Set in the environment of hooks: a Cairn that is run by one runs none itself. */
    public static final String WITHIN = "CAIRN_HOOK";

    private static final int OUTPUT_BYTES = 8 << 10;
    private static final long END_MILLIS = 2_000;

    private final Console console;
    private final Map<String, String> environment;
    private final Duration limit;

    /**
     * @param environment what the commands find in theirs, {@link #WITHIN} not counted
     * @param limit how long one command may take
     */
    public HookRun(Console console, Map<String, String> environment, Duration limit) {
        this.console = console;
        this.environment = Map.copyOf(environment);
        this.limit = limit;
    }

    /**
     * Runs the commands of a hook until one fails.
     *
     * @return why one failed; empty where none did
     * @throws CancellationException after Ctrl-C
     */
    public Optional<String> failure(Hook hook) {
        for (List<String> command : hook.commands()) {
            Optional<String> failure = failure(hook.name(), command);
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }

    /**
     * Starts a hook and leaves it to itself, for when there is no time to wait for it. A shell runs its commands, one after the other
     * until one fails, where there are several.
     */
    public void startOnly(Hook hook) {
        try {
            prepare(hook.name(), hook.commands().size() == 1 ? hook.commands().getFirst() : inAShell(hook))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            console.always("The hook '%s' cannot be run: %s".formatted(hook.name(), e.getMessage()));
        }
    }

    private static List<String> inAShell(Hook hook) {
        String script = hook.commands().stream()
                .map(command -> command.stream().map(HookRun::quoted).collect(Collectors.joining(" ")))
                .collect(Collectors.joining(" && "));
        return List.of("/bin/sh", "-c", script);
    }

    /** As POSIX shells read a word literally: nothing between single quotes is special but such a quote. */
    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private ProcessBuilder prepare(String name, List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put(WITHIN, name);
        return builder;
    }

    private Optional<String> failure(String name, List<String> command) {
        Process process;
        try {
            process = prepare(name, command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return Optional.of("cannot be run: " + ShownText.oneLine(String.valueOf(e.getMessage())));
        }
        Thread output = Thread.ofPlatform().daemon().name("hook").start(() -> passOn(process.getInputStream()));
        try (Interruption interruption = Interruption.watch(() -> end(process))) {
            boolean inTime = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (interruption.isRequested()) {
                throw new CancellationException("interrupted while the hook '" + name + "' ran");
            }
            if (!inTime) {
                end(process);
                return Optional.of("took longer than " + limit.toSeconds() + " s, and was ended");
            }
            // What it left running may hold the pipe open for as long as it likes.
            output.join(END_MILLIS);
            int status = process.exitValue();
            return status == 0 ? Optional.empty() : Optional.of("failed with exit status " + status);
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            return Optional.of("was interrupted");
        }
    }

    private void passOn(InputStream in) {
        byte[] buffer = new byte[OUTPUT_BYTES];
        try (in) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (console.err()) {
                    console.err().write(buffer, 0, n);
                    console.err().flush();
                }
            }
        } catch (IOException e) {
            console.detail(() -> "the output of a hook ends: " + e.getMessage());
        }
    }

    /** Ends a command and what it started: politely, and after two seconds not. */
    private static void end(Process process) {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        all.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
