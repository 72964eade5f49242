package dev.cairn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.RecordHeader;
import dev.cairn.replicator.protocol.ProtocolVersions;
import picocli.CommandLine.Command;

/** {@code cairn version}: the program's version and the formats it speaks. */
@Command(name = "version", description = "Show the version, the formats and the range of the protocol.")
final class VersionCommand extends TimedCommand {

    @Override
    ExitCode run() {
        String version = ProgramVersion.text();
        console()
                .result(
                        () -> {
                            ObjectNode node = Console.object().put("version", version);
                            node.putObject("formats").put("record", RecordHeader.FORMAT);
                            node.putObject("protocol")
                                    .put("min", ProtocolVersions.OWN.min())
                                    .put("max", ProtocolVersions.OWN.max());
                            return node.put("java", Runtime.version().toString())
                                    .put("seconds", seconds());
                        },
                        () -> "cairn %s (record format %d, protocol %d to %d, Java %s)"
                                .formatted(
                                        version,
                                        RecordHeader.FORMAT,
                                        ProtocolVersions.OWN.min(),
                                        ProtocolVersions.OWN.max(),
                                        Runtime.version()));
        return ExitCode.DONE;
    }
}
