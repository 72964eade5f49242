package dev.cairn.cli.manual;

import dev.cairn.cli.command.ProgramVersion;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.PathText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cairn manual}: for the packages, writes the manual pages. */
@Command(name = "manual", hidden = true, description = "Write the manual pages, a file a command.")
public final class ManualCommand extends TimedCommand {

    @Parameters(paramLabel = "DIR", description = "Where they go; made if it is not there.")
    private String folder = "";

    @Option(names = "--date", paramLabel = "DATE", required = true, description = "The day that stands on them.")
    private String date = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    protected ExitCode run() throws IOException {
        Path target = Files.createDirectories(PathText.path(folder));
        Map<String, String> pages = new Manual(spec.root(), ProgramVersion.text(), date).pages();
        for (Map.Entry<String, String> page : pages.entrySet()) {
            Files.writeString(target.resolve(page.getKey()), page.getValue());
        }
        console()
                .result(
                        () -> Console.object().put("pages", pages.size()).put("seconds", seconds()),
                        () -> CountText.of(pages.size(), "page"));
        return ExitCode.DONE;
    }
}
