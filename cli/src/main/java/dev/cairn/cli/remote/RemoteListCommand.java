package dev.cairn.cli.remote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.replicator.RemoteUrl;
import java.io.IOException;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** {@code cairn remote list}. */
@Command(
        name = "list",
        description = "List the remotes.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn remote list", "Next: 'cairn doctor --remotes' shows whether they answer."})
final class RemoteListCommand extends RepositoryCommand {

    @Override
    protected ExitCode run() throws IOException {
        TreeMap<String, RemoteUrl> remotes =
                new TreeMap<>(Remotes.read(access().requireRepository()).all());
        console()
                .result(
                        () -> {
                            ArrayNode array = Console.object().putArray("remotes");
                            remotes.forEach((name, url) ->
                                    array.addObject().put("name", name).put("url", url.toString()));
                            return array;
                        },
                        () -> remotes.isEmpty()
                                ? "No remotes."
                                : String.join(
                                        System.lineSeparator(),
                                        remotes.entrySet().stream()
                                                .map(remote -> remote.getKey() + "  " + remote.getValue())
                                                .toList()));
        return ExitCode.DONE;
    }
}
