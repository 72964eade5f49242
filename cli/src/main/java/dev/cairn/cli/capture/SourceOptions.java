package dev.cairn.cli.capture;

import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.ShownText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Files that say what to capture. */
final class SourceOptions {

    private static final int FILE_BYTES_MAX = 64 << 20;

    @Option(
            names = "--files-from",
            paramLabel = "F",
            description =
                    "Capture the paths in a file too, one a line; - reads them from standard input. Each keeps its"
                            + " absolute path.")
    private List<String> lines = new ArrayList<>();

    @Option(
            names = "--files-from0",
            paramLabel = "F",
            description = "The same, each ended by a zero byte: what 'find -print0' writes.")
    private List<String> zeros = new ArrayList<>();

    boolean isGiven() {
        return !lines.isEmpty() || !zeros.isEmpty();
    }

    /** The paths, in their order. */
    List<byte[]> paths() throws IOException {
        List<byte[]> paths = new ArrayList<>();
        for (String file : lines) {
            read(file, '\n', paths);
        }
        for (String file : zeros) {
            read(file, 0, paths);
        }
        return paths;
    }

    private static void read(String file, int end, List<byte[]> paths) throws IOException {
        try (InputStream in = FileText.open(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw CommandFailure.usage(
                        "%s has more than %,d bytes".formatted(ShownText.oneLine(file), FILE_BYTES_MAX),
                        "Name the folder that the files stand in, and leave out the others with --exclude.");
            }
            ByteArrayOutputStream path = new ByteArrayOutputStream();
            for (byte b : bytes) {
                if (b != end) {
                    path.write(b);
                } else {
                    add(path, paths);
                }
            }
            add(path, paths);
        }
    }

    private static void add(ByteArrayOutputStream path, List<byte[]> paths) {
        if (path.size() > 0) {
            paths.add(path.toByteArray());
            path.reset();
        }
        if (paths.size() > CapturePlan.SOURCES_MAX) {
            throw CommandFailure.usage(
                    "there are more than %,d paths to capture".formatted(CapturePlan.SOURCES_MAX),
                    "Name the folder that they stand in, and leave out the others with --exclude.");
        }
    }
}
