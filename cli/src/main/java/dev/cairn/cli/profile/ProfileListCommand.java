package dev.cairn.cli.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
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
        Profiles profiles =
                Profiles.read(cairn().profilesFile(), self.root().subcommands().keySet());
        List<String> names = profiles.names();
        console()
                .result(
                        () -> json(profiles),
                        () -> names.isEmpty()
                                ? "No profiles in " + profiles.file() + "."
                                : String.join(System.lineSeparator(), names));
        return ExitCode.DONE;
    }

    private ObjectNode json(Profiles profiles) {
        ObjectNode node = Console.object().put("file", profiles.file().toString());
        ArrayNode array = node.putArray("profiles");
        profiles.names().forEach(array::add);
        return node.put("seconds", seconds());
    }
}
