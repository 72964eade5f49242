package dev.cairn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.RecordHeader;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code cairn version}: the program's version and the formats it speaks. */
@Command(name = "version", description = "Show the version, the formats and the range of the protocol.")
final class VersionCommand implements Runnable {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CairnCommand cairn;

    @Override
    public void run() {
        String version = ProgramVersion.text();
        cairn.console()
                .result(
                        () -> {
                            ObjectNode node = Console.object().put("version", version);
                            node.putObject("formats").put("record", RecordHeader.FORMAT);
                            return node.put("java", Runtime.version().toString());
                        },
                        () -> "cairn %s (record format %d, Java %s)"
                                .formatted(version, RecordHeader.FORMAT, Runtime.version()));
    }
}
