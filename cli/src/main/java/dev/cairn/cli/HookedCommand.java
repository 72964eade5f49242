package dev.cairn.cli;

import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.profile.Hook;
import dev.cairn.cli.profile.HookRun;
import dev.cairn.cli.profile.Profile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A command between the hooks of a profile. {@code before} runs first, and if it fails the command does not; {@code after} runs once the
 * command has done what it could, pushes included; {@code on-failure} where anything of this failed.
 */
final class HookedCommand {

    private static final long START_MILLIS = 3_000;

    private final Console console;
    private final Profile profile;
    private final Map<String, String> environment;

    /**
     * What became of a command.
     *
     * @param snapshot the one that it made
     * @param branch that points at it
     * @param problem what it told last
     */
    record Result(
            int exitCode,
            @Nullable String snapshot,
            @Nullable String branch,
            @Nullable Problem problem) {

        static Result of(CommandRun run, int exitCode) {
            return new Result(
                    exitCode,
                    run.cairn().madeSnapshot().orElse(null),
                    run.cairn().madeOn().orElse(null),
                    run.lastProblem().orElse(null));
        }

        private String kept() {
            return snapshot == null ? "" : " Snapshot %s on %s is kept.".formatted(snapshot.substring(0, 12), branch);
        }
    }

    HookedCommand(Console console, Profile profile, String command, Places places, Path repository) {
        this.console = console;
        this.profile = profile;
        this.environment = new HashMap<>(places.environment());
        environment.put("CAIRN_PROFILE", profile.name());
        environment.put("CAIRN_COMMAND", command);
        environment.put("CAIRN_REPOSITORY", repository.toString());
    }

    /** Runs it with its hooks and returns the exit code. */
    int run(Supplier<Result> running) {
        if (profile.onFailure().isEmpty()) {
            return between(running);
        }
        CountDownLatch over = new CountDownLatch(1);
        // After Ctrl-C the process ends at once, but not before what undoes a hook has been started.
        try (Interruption interruption = Interruption.watch(() -> await(over))) {
            int exitCode = between(running);
            return interruption.isRequested() ? ExitCode.INTERRUPTED.number() : exitCode;
        } finally {
            over.countDown();
        }
    }

    @SuppressWarnings("ReturnValueIgnored")
    private static void await(CountDownLatch over) {
        try {
            boolean _ = over.await(START_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int between(Supplier<Result> running) {
        Result result = new Result(ExitCode.DONE.number(), null, null, null);
        try {
            Problem problem = problem(profile.before(), result, "The command was not run.");
            if (problem == null) {
                result = running.get();
                if (!ProfiledRun.isDone(result.exitCode())) {
                    return failed(result);
                }
                problem = problem(profile.after(), result, "");
            }
            return problem == null ? result.exitCode() : failed(told(result, problem));
        } catch (CancellationException e) {
            return failed(told(result, new Problem(ExitCode.INTERRUPTED, String.valueOf(e.getMessage()), "")));
        }
    }

    private Result told(Result result, Problem problem) {
        console.problem(problem);
        return new Result(problem.exitCode().number(), result.snapshot(), result.branch(), problem);
    }

    /** What a hook failed with; null if it did not, or if there is none. */
    private @Nullable Problem problem(Optional<Hook> hook, Result result, String consequence) {
        if (hook.isEmpty()) {
            return null;
        }
        return hooks(result)
                .failure(hook.get())
                .map(reason -> new Problem(
                        ExitCode.FAILED,
                        "the hook '%s' of profile '%s' %s.%s%s"
                                .formatted(
                                        hook.get().name(),
                                        profile.name(),
                                        reason,
                                        consequence.isEmpty() ? "" : " " + consequence,
                                        result.kept()),
                        "It stands in " + hook.get().place() + "."))
                .orElse(null);
    }

    private HookRun hooks(Result result) {
        Map<String, String> told = new HashMap<>(environment);
        told.put("CAIRN_EXIT_CODE", Integer.toString(result.exitCode()));
        told.put("CAIRN_SNAPSHOT", result.snapshot() == null ? "" : result.snapshot());
        // A byte of zero ends a variable.
        told.put(
                "CAIRN_ERROR",
                result.problem() == null ? "" : result.problem().message().replace('\0', ' '));
        return new HookRun(console, told, profile.hookTimeLimit());
    }

    private int failed(Result result) {
        Hook hook = profile.onFailure().orElse(null);
        if (hook == null) {
            return result.exitCode();
        }
        if (result.exitCode() == ExitCode.INTERRUPTED.number()) {
            // The process is about to end: what a hook before has stopped must be started again all the same.
            hooks(result).startOnly(hook);
            return result.exitCode();
        }
        hooks(result)
                .failure(hook)
                .ifPresent(reason -> console.always(
                        "The hook '%s' of profile '%s' %s, too.".formatted(hook.name(), profile.name(), reason)));
        return result.exitCode();
    }
}
