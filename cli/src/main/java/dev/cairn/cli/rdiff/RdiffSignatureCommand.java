package dev.cairn.cli.rdiff;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.SizeText;
import dev.cairn.delta.rdiff.SignatureParameters;
import dev.cairn.delta.rdiff.SignatureWriter;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn rdiff signature}. */
@Command(
        name = "signature",
        description = "Make the signature of the old file: the sums of its blocks.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn rdiff signature old.img old.sig",
            "Next: 'cairn rdiff delta SIGNATURE NEW DELTA' where the new file is."
        })
final class RdiffSignatureCommand extends RdiffStepCommand {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "BASIS",
            defaultValue = FileText.STANDARD,
            description = "The old file; - or none for standard input.")
    private String basis = FileText.STANDARD;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SIGNATURE",
            defaultValue = FileText.STANDARD,
            description = "What is made; - or none for standard output.")
    private String signature = FileText.STANDARD;

    @Override
    protected ExitCode run() throws IOException {
        SignatureParameters parameters = options().parameters(FileText.length(basis));
        Written written = write(
                "signature",
                basis,
                signature,
                (input, output) -> SignatureWriter.write(input, output.stream(), parameters));
        if (!written.standard()) {
            console().done(() -> json(parameters, written), () -> would() + text(parameters, written));
        }
        return ExitCode.DONE;
    }

    private String text(SignatureParameters parameters, Written written) {
        return "Signature of %s in blocks of %,d bytes: %s, in %.1f s."
                .formatted(
                        SizeText.of(written.bytes()),
                        parameters.blockBytes(),
                        SizeText.of(written.outputBytes()),
                        seconds());
    }

    private ObjectNode json(SignatureParameters parameters, Written written) {
        return document()
                .put("basisBytes", written.bytes())
                .put("signatureBytes", written.outputBytes())
                .put("blockBytes", parameters.blockBytes())
                .put("sumBytes", parameters.strongBytes())
                .put("hash", options().hash())
                .put("rollsum", options().rollingSum())
                .put("seconds", seconds());
    }
}
