package dev.cairn.cli;

import dev.cairn.cli.command.CairnCommand;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.command.RepositoryAccess;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.profile.GivenOptions;
import dev.cairn.cli.profile.HookRun;
import dev.cairn.cli.profile.Profile;
import dev.cairn.cli.profile.ProfileOptions;
import dev.cairn.cli.profile.Profiles;
import dev.cairn.cli.text.PathText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command line with a profile. It is parsed once to see what it says itself, and once more, when it is run, with what the profile
 * says for the rest. Around the command run the profile's hooks, and behind a snapshot its pushes.
 */
final class ProfiledRun {

    /** Commands for which {@code --config} names another file than that of profiles. */
    private static final Set<String> OF_SERVERS = Set.of("serve", "device", "tenant", "log");

    private final Places places;
    private final PrintStream out;
    private final PrintStream err;
    private final List<String> arguments;
    private final Console console;

    ProfiledRun(Places places, PrintStream out, PrintStream err, String... arguments) {
        this.places = places;
        this.out = out;
        this.err = err;
        this.arguments = List.of(arguments);
        this.console = new Console(out, err);
    }

    /** Whether the arguments may name a profile; a look at the words, without parsing. */
    static boolean isAsked(String... arguments) {
        return Stream.of(arguments)
                .anyMatch(word -> word.startsWith("--profile")
                        || (word.startsWith("-") && !word.startsWith("--") && word.contains("P")));
    }

    /** Runs it and returns the exit code. */
    int run() {
        CairnCommand cairn = new CairnCommand(console, places);
        AskedLine asked = AskedLine.of(cairn, arguments);
        String name = asked == null ? null : cairn.global().profile().orElse(null);
        if (asked == null || name == null || Commands.tellsOfAll(asked.command().getFirst())) {
            return plain(null);
        }
        console.configure(
                cairn.global().json(), cairn.global().quiet(), cairn.global().verbose());
        try {
            return run(
                    cairn,
                    asked,
                    Profiles.read(file(cairn, asked), Commands.names()).require(name));
        } catch (CommandFailure | IOException e) {
            Problem problem = Failures.problem(e);
            console.problem(problem);
            return problem.exitCode().number();
        }
    }

    private Path file(CairnCommand cairn, AskedLine asked) {
        return OF_SERVERS.contains(asked.command().getFirst()) ? places.profiles() : cairn.profilesFile();
    }

    private int run(CairnCommand cairn, AskedLine asked, Profile profile) {
        ProfileOptions options = options(profile, asked.command(), asked.given(places), places);
        options.requireFits(asked.spec());
        options.passedOver().forEach(console::message);
        String command = String.join(" ", asked.command());
        boolean isSnapshot = command.equals("snapshot");
        boolean hooked = profile.hasHooks()
                && profile.hooksFor().contains(asked.command().getFirst())
                && !places.environment().containsKey(HookRun.WITHIN);
        boolean pushes = isSnapshot && !profile.pushTo().isEmpty();
        if (!hooked && !pushes) {
            return plain(options);
        }
        if (asked.isDryRun()) {
            console.message("A dry run: no hook of profile '" + profile.name() + "' runs, and nothing is pushed.");
            return plain(options);
        }
        ProfiledPushes push = pushes ? new ProfiledPushes(places, out, err, console, profile, asked) : null;
        if (!hooked) {
            return result(options, push).exitCode();
        }
        HookedCommand hooks = new HookedCommand(console, profile, command, places, repository(cairn, options));
        return hooks.run(() -> result(options, push));
    }

    static ProfileOptions options(Profile profile, List<String> command, GivenOptions given, Places places) {
        return ProfileOptions.of(profile, command, given, places.home().toString());
    }

    private int plain(@Nullable ProfileOptions options) {
        return new CommandRun(places, out, err, options).run(arguments.toArray(String[]::new));
    }

    private HookedCommand.Result result(ProfileOptions options, @Nullable ProfiledPushes push) {
        if (push != null) {
            return push.run(options, arguments);
        }
        CommandRun run = new CommandRun(places, out, err, options);
        return HookedCommand.Result.of(run, run.run(arguments.toArray(String[]::new)));
    }

    /** Where the command will find its repository. */
    private static Path repository(CairnCommand cairn, ProfileOptions options) {
        RepositoryAccess access = RepositoryAccess.of(cairn);
        return access.named()
                .or(() -> options.repository().map(PathText::path))
                .orElseGet(access::folder)
                .toAbsolutePath();
    }

    /** Whether a command has done what it could. */
    static boolean isDone(int exitCode) {
        return exitCode == ExitCode.DONE.number() || exitCode == ExitCode.PARTIAL.number();
    }
}
