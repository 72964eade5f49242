package dev.cairn.cli.completion;

import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cairn completion}: the script by which a shell completes command lines. */
@Command(
        name = "completion",
        description = "Print the script by which a shell completes command lines: source it, or put it where the shell"
                + " looks.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(cairn completion bash)",
            "  cairn completion fish > ~/.config/fish/completions/cairn.fish",
            "Next: type 'cairn ' and press Tab. The packages install it by themselves."
        })
public final class CompletionCommand extends TimedCommand {

    @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
    private CompletionScript shell = CompletionScript.BASH;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    protected ExitCode run() {
        String script = shell.text(spec.root());
        console()
                .result(
                        () -> Console.object()
                                .put("shell", shell.name().toLowerCase(Locale.ROOT))
                                .put("script", script)
                                .put("seconds", seconds()),
                        script::stripTrailing);
        return ExitCode.DONE;
    }
}
