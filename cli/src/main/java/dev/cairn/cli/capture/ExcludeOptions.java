package dev.cairn.cli.capture;

import dev.cairn.cas.snapshot.capture.Excludes;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.ByteCountText;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.RawText;
import dev.cairn.cli.text.ShownText;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a snapshot leaves out. */
final class ExcludeOptions {

    private static final String HINT = "See 'cairn snapshot --help'; the rules are those of gitignore.";

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description =
                    "Leave out what matches, by gitignore's rules: * within a name, **/ for any folders; without a /"
                            + " at any depth; ! before it keeps what an earlier one left out.")
    private List<String> patterns = new ArrayList<>();

    @Option(
            names = "--exclude-file",
            paramLabel = "F",
            description = "Leave out what the lines of a file match; those given with --exclude come after them.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = "--exclude-caches",
            description = "Leave out what stands in folders with a CACHEDIR.TAG; the folder and the tag stay.")
    private boolean caches;

    @Option(
            names = "--exclude-if-present",
            paramLabel = "NAME",
            description = "Leave out what stands in folders that have something called NAME; both stay.")
    private List<String> marks = new ArrayList<>();

    @Option(
            names = "--exclude-larger-than",
            paramLabel = "SIZE",
            description = "Leave out files of more than that, such as 500K, 100M or 2G.")
    private @Nullable String largerThan;

    @Option(names = "--no-ignore-files", description = "Do not follow the rules in files called .cairnignore.")
    private boolean noRulesFiles;

    /** @throws CommandFailure if something is not a pattern, a name, a size or a file that can be read */
    Excludes excludes() throws IOException {
        try {
            Excludes excludes = noRulesFiles ? Excludes.NONE : Excludes.NONE.withRulesFiles();
            for (String file : files) {
                excludes = excludes.withFile(bytes(file), file);
            }
            excludes =
                    excludes.withPatterns(patterns.stream().map(RawText::bytes).toList());
            if (caches) {
                excludes = excludes.withoutCaches();
            }
            for (String mark : marks) {
                excludes = excludes.withoutFoldersWith(RawText.bytes(mark));
            }
            return largerThan == null
                    ? excludes
                    : excludes.withoutLargerThan(ByteCountText.parse("--exclude-larger-than", largerThan));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), HINT);
        }
    }

    private static byte[] bytes(String file) throws IOException {
        try (InputStream in = FileText.open(file)) {
            byte[] bytes = in.readNBytes(Excludes.RULES_BYTES_MAX + 1);
            if (bytes.length > Excludes.RULES_BYTES_MAX) {
                throw new IllegalArgumentException("%s: a file of rules has at most %,d bytes"
                        .formatted(ShownText.oneLine(file), Excludes.RULES_BYTES_MAX));
            }
            return bytes;
        }
    }
}
