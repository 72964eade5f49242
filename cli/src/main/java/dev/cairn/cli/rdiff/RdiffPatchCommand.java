package dev.cairn.cli.rdiff;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.SizeText;
import dev.cairn.delta.rdiff.Basis;
import dev.cairn.delta.rdiff.Patch;
import dev.cairn.delta.rdiff.RdiffFormatException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn rdiff patch}. */
@Command(
        name = "patch",
        description = "Make the new file from the old one and a delta.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn rdiff patch old.img change.delta new.img", "Compare the sums of both files."})
final class RdiffPatchCommand extends RdiffStepCommand {

    private static final int BUFFER_BYTES = 1 << 16;

    @Parameters(index = "0", paramLabel = "BASIS", description = "The old file, which is read at any place.")
    private String basis = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DELTA",
            defaultValue = FileText.STANDARD,
            description = "The delta; - or none for standard input.")
    private String delta = FileText.STANDARD;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "NEW",
            defaultValue = FileText.STANDARD,
            description = "What is made; - or none for standard output.")
    private String target = FileText.STANDARD;

    @Override
    protected ExitCode run() throws IOException {
        if (basis.equals(FileText.STANDARD)) {
            throw notAFile();
        }
        Path path = FileText.path(basis);
        if (Files.isDirectory(path)) {
            throw FileText.isFolder(basis);
        }
        Written written;
        try (FileChannel old = FileChannel.open(path, StandardOpenOption.READ)) {
            if (!Files.isRegularFile(path) && old.size() == 0) {
                throw notAFile();
            }
            written = write(
                    "patch",
                    delta,
                    target,
                    (input, output) -> Patch.apply(
                            Basis.of(old),
                            new BufferedInputStream(input, BUFFER_BYTES),
                            output.stream(),
                            Long.MAX_VALUE));
        } catch (RdiffFormatException e) {
            throw damaged(
                    delta, e, "The delta is damaged, or the basis is not the file that its signature was made of.");
        }
        if (!written.standard()) {
            console().done(() -> json(written), () -> would() + text(written));
        }
        return ExitCode.DONE;
    }

    private static CommandFailure notAFile() {
        return CommandFailure.usage(
                "the basis of a patch is read at any place, so it cannot be a stream", "Give the name of a file.");
    }

    private String text(Written written) {
        return "Made %s, in %.1f s.".formatted(SizeText.of(written.bytes()), seconds());
    }

    private ObjectNode json(Written written) {
        return document().put("newBytes", written.bytes()).put("seconds", seconds());
    }
}
