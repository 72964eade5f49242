package dev.cairn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.profile.GivenOptions;
import dev.cairn.cli.profile.Profile;
import dev.cairn.cli.profile.ProfileOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot, and behind it a push of its branch to each remote that a profile names. With {@code --json} it is one document, the
 * snapshot's, with the pushes in its field {@code pushes}.
 */
final class ProfiledPushes {

    private static final List<String> PUSH = List.of("push");

    private final Places places;
    private final PrintStream out;
    private final PrintStream err;
    private final Console console;
    private final Profile profile;
    private final AskedLine asked;

    ProfiledPushes(Places places, PrintStream out, PrintStream err, Console console, Profile profile, AskedLine asked) {
        this.places = places;
        this.out = out;
        this.err = err;
        this.console = console;
        this.profile = profile;
        this.asked = asked;
    }

    /** One command, and with {@code --json} what it said. */
    private record Told(
            CommandRun run, int exitCode, @Nullable ObjectNode document) {}

    /** Runs the snapshot; where it made one, the pushes. A remote that fails keeps none of the others from being pushed to. */
    HookedCommand.Result run(ProfileOptions options, List<String> arguments) {
        Told snapshot = told(options, arguments);
        HookedCommand.Result result = HookedCommand.Result.of(snapshot.run(), snapshot.exitCode());
        ObjectNode document = snapshot.document();
        if (ProfiledRun.isDone(result.exitCode()) && result.branch() != null) {
            ArrayNode pushes = document == null ? null : document.putArray("pushes");
            for (String remote : profile.pushTo()) {
                Told push = told(pushOptions(), pushArguments(remote, result.branch()));
                if (pushes != null) {
                    ObjectNode one = push.document() == null ? Console.object() : push.document();
                    pushes.add(one.put("remote", remote).put("exitCode", push.exitCode()));
                }
                result = after(result, remote, push);
            }
        }
        if (document != null) {
            out.println(document);
            console.requireWritten();
        }
        return result;
    }

    /** The first failure of a push is the exit code of the whole. */
    private HookedCommand.Result after(HookedCommand.Result result, String remote, Told push) {
        if (ProfiledRun.isDone(push.exitCode())) {
            return result;
        }
        console.always("Not pushed to '%s'; snapshot %s on %s is kept."
                .formatted(remote, String.valueOf(result.snapshot()).substring(0, 12), result.branch()));
        Optional<Problem> problem = push.run().lastProblem();
        return ProfiledRun.isDone(result.exitCode())
                ? new HookedCommand.Result(push.exitCode(), result.snapshot(), result.branch(), problem.orElse(null))
                : result;
    }

    private Told told(ProfileOptions options, List<String> arguments) {
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        boolean json = asked.options().contains("--json");
        CommandRun run = new CommandRun(places, json ? Console.utf8(buffer) : out, err, options);
        int exitCode = run.run(arguments.toArray(String[]::new));
        return new Told(run, exitCode, json ? document(buffer.toString(StandardCharsets.UTF_8)) : null);
    }

    /** What a command said; null where it said nothing, because it failed. */
    private static @Nullable ObjectNode document(String text) {
        if (text.isBlank()) {
            return null;
        }
        try {
            JsonNode read = new ObjectMapper().readTree(text);
            return read instanceof ObjectNode object ? object : null;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a command's own document is no JSON: " + text, e);
        }
    }

    private ProfileOptions pushOptions() {
        Set<String> given = new HashSet<>(asked.options());
        // Options of the snapshot that a push has too mean something else there.
        given.removeIf(option ->
                asked.global().stream().noneMatch(word -> word.equals(option) || word.startsWith(option + "=")));
        return ProfiledRun.options(profile, PUSH, new GivenOptions(given, true, places.environment()), places);
    }

    private List<String> pushArguments(String remote, String branch) {
        List<String> arguments = new ArrayList<>(asked.global());
        arguments.addAll(PUSH);
        arguments.add("--");
        arguments.add(remote);
        arguments.add(branch);
        return arguments;
    }
}
