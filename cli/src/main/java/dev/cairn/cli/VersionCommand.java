package dev.cairn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cli.command.ProgramVersion;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.replicator.protocol.ProtocolVersions;
import picocli.CommandLine.Command;

/** {@code cairn version}: the program's version and the formats it speaks. */
@Command(
        name = "version",
        description = "Show the version, the formats and the range of the protocol.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn version", "  cairn version --json", "Next: 'cairn doctor' looks at the machine too."})
final class VersionCommand extends TimedCommand {

    @Override
    protected ExitCode run() {
        console()
                .result(
                        () -> {
                            ObjectNode node = Console.object().put("version", ProgramVersion.text());
                            node.putObject("formats").put("record", RecordHeader.FORMAT);
                            node.putObject("protocol")
                                    .put("min", ProtocolVersions.OWN.min())
                                    .put("max", ProtocolVersions.OWN.max());
                            return node.put("java", Runtime.version().toString())
                                    .put("seconds", seconds());
                        },
                        VersionCommand::text);
        return ExitCode.DONE;
    }

    /** What {@code cairn version} prints. */
    static String text() {
        return "cairn " + ProgramVersion.text() + " (record format " + RecordHeader.FORMAT + ", protocol "
                + ProtocolVersions.OWN.min() + " to " + ProtocolVersions.OWN.max() + ", Java " + Runtime.version()
                + ")";
    }
}
