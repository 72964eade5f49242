package dev.cairn.cli.rdiff;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.SizeText;
import dev.cairn.delta.rdiff.DeltaWriter;
import dev.cairn.delta.rdiff.RdiffFormatException;
import dev.cairn.delta.rdiff.Signature;
import java.io.IOException;
import java.io.InputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn rdiff delta}. */
@Command(
        name = "delta",
        description = "Make the delta from a signature's old file to a new one.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn rdiff delta old.sig new.img change.delta",
            "Next: 'cairn rdiff patch BASIS DELTA NEW' where the old file is."
        })
final class RdiffDeltaCommand extends RdiffStepCommand {

    @Parameters(index = "0", paramLabel = "SIGNATURE", description = "Signature of the old file; - for standard input.")
    private String signature = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NEW",
            defaultValue = FileText.STANDARD,
            description = "The new file; - or none for standard input.")
    private String target = FileText.STANDARD;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "DELTA",
            defaultValue = FileText.STANDARD,
            description = "What is made; - or none for standard output.")
    private String delta = FileText.STANDARD;

    @Override
    protected ExitCode run() throws IOException {
        if (signature.equals(FileText.STANDARD) && target.equals(FileText.STANDARD)) {
            throw CommandFailure.usage(
                    "standard input cannot be both the signature and the new file", "Give one of them by name.");
        }
        Written written = write(
                "delta", target, delta, (input, output) -> DeltaWriter.write(signature(), input, output.stream()));
        if (!written.standard()) {
            console().done(() -> json(written), () -> would() + text(written));
        }
        return ExitCode.DONE;
    }

    private Signature signature() throws IOException {
        try (InputStream input = FileText.open(signature)) {
            return Signature.read(input);
        } catch (RdiffFormatException e) {
            throw damaged(signature, e, "Make it again with 'cairn rdiff signature'.");
        }
    }

    private String text(Written written) {
        return "Delta to %s: %s, in %.1f s."
                .formatted(SizeText.of(written.bytes()), SizeText.of(written.outputBytes()), seconds());
    }

    private ObjectNode json(Written written) {
        return document()
                .put("newBytes", written.bytes())
                .put("deltaBytes", written.outputBytes())
                .put("seconds", seconds());
    }
}
