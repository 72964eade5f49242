package dev.cairn.cli.remote;

import dev.cairn.cas.snapshot.seed.SeedFolder;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.RawText;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Folders whose files are used instead of the network. */
final class SeedOptions {

    @Option(
            names = "--seed",
            paramLabel = "DIR",
            description = "Use what files in DIR hold instead of receiving it; may be given several times.")
    private List<String> seeds = new ArrayList<>();

    /**
     * Opens the folders that were named. To be called before anything is transferred.
     *
     * @throws CommandFailure if one is no folder, or a link
     */
    OpenSeeds open() {
        List<SeedFolder> folders = new ArrayList<>();
        try {
            for (String seed : seeds) {
                folders.add(SeedFolder.open(RawText.bytes(seed)));
            }
        } catch (IllegalArgumentException e) {
            folders.forEach(SeedFolder::close);
            throw CommandFailure.usage(
                    String.valueOf(e.getMessage()),
                    "Nothing was transferred. Name a folder that may be read, no link.");
        }
        return new OpenSeeds(folders);
    }
}
