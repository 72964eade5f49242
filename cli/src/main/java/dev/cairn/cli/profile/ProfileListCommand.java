package dev.cairn.cli.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code cairn profile list}. */
@Command(
        name = "list",
        description = "List the profiles.",
        footerHeading = "%nExamples:%n",
        footer = "  cairn profile list")
final class ProfileListCommand extends TimedCommand {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec self;

    @Override
    protected ExitCode run() throws IOException {
        Path file = cairn().profilesFile();
        if (cairn().global().configuration().isEmpty() && Files.notExists(file)) {
            // Nobody named it: to have none is no mistake.
            console()
                    .result(
                            () -> json(file, List.of()),
                            () -> "No profiles: there is no file " + ShownText.oneLine(file.toString()) + ".");
            console()
                    .message("Next: write [profile.NAME] there, with what is always the same; see 'cairn profile"
                            + " --help'.");
            return ExitCode.DONE;
        }
        Profiles profiles = Profiles.read(file, self.root().subcommands().keySet());
        List<String> names = profiles.names();
        console()
                .result(
                        () -> json(profiles.file(), names),
                        () -> names.isEmpty()
                                ? "No profiles in " + profiles.file() + "."
                                : String.join(System.lineSeparator(), names));
        return ExitCode.DONE;
    }

    private ObjectNode json(Path file, List<String> names) {
        ObjectNode node = Console.object().put("file", file.toString());
        ArrayNode array = node.putArray("profiles");
        names.forEach(array::add);
        return node.put("seconds", seconds());
    }
}
