package dev.cairn.cli.remote;

import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.RateText;
import dev.cairn.replicator.net.RateLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fast a transfer may use the network. */
final class RateOptions {

    private static final String UPLOAD = "--limit-upload";
    private static final String DOWNLOAD = "--limit-download";

    @Option(
            names = UPLOAD,
            paramLabel = "RATE",
            description = "Send at most that fast: a number in KiB a second, or with a unit, such as 500K or 2M.")
    private @Nullable String upload;

    @Option(names = DOWNLOAD, paramLabel = "RATE", description = "Receive at most that fast.")
    private @Nullable String download;

    /** @throws CommandFailure if one of them is no rate */
    RateLimits limits() {
        return new RateLimits(rate(UPLOAD, upload), rate(DOWNLOAD, download));
    }

    private static long rate(String option, @Nullable String text) {
        return text == null ? 0 : RateText.parse(option, text);
    }
}
