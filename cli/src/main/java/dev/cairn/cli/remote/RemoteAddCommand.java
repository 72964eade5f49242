package dev.cairn.cli.remote;

import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.DurationText;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.Greeting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn remote add}: pins a server and, with a code, makes this device known to it. */
@Command(
        name = "add",
        description = "Add a remote, and enrol this device with a one-time code.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn remote add origin 'https://HOST:7420/default/home#sha256:...' \\",
            "      --enrol CODE",
            "Next: 'cairn push'. Server and code: 'cairn serve' there prints both."
        })
final class RemoteAddCommand extends RepositoryCommand {

    @Parameters(index = "0", paramLabel = "NAME", description = "What to call it; 'origin' is the one used by default.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "URL", description = "https://HOST:PORT/TENANT/REPOSITORY#sha256:FINGERPRINT")
    private String url = "";

    @Option(
            names = "--enrol",
            paramLabel = "CODE",
            description = "The one-time code that 'cairn serve' or 'cairn device enrol' printed.")
    private @Nullable String code;

    @Option(names = "--retry-for", paramLabel = "D", defaultValue = "5s", description = "How long to try. Default: 5s.")
    private String retryFor = "5s";

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() throws IOException {
        // Before a code is spent on it.
        Remotes.requireName(name);
        Path folder = access().requireRepository();
        Duration patience = DurationText.parse("--retry-for", retryFor);
        RemoteAccess remotes = new RemoteAccess(console(), cairn().places());
        RemoteUrl pinned = remotes.pinned(url, patience);
        if (dryRun.isWanted()) {
            return rehearse(remotes, pinned, patience, folder);
        }
        DeviceId device = DeviceId.ofPublicKey(remotes.deviceKey().publicKey());
        try (RemoteClient client = remotes.client(pinned, patience)) {
            if (code == null) {
                client.hello();
            } else {
                Greeting.Enrolled enrolled = client.enrol(code, remotes.deviceName());
                device = enrolled.device();
            }
        }
        Remotes list = Remotes.read(folder);
        RemoteUrl before = list.all().get(name);
        boolean replaces = before != null && !before.equals(pinned);
        list.add(name, pinned);
        String shown = device.toString();
        console()
                .done(
                        () -> Console.object()
                                .put("name", name)
                                .put("url", pinned.toString())
                                .put("device", shown)
                                .put("enrolled", code != null)
                                .put("replaces", before == null ? null : before.toString())
                                .put("seconds", seconds()),
                        () -> "Added remote " + name + ": " + pinned.server()
                                + (code == null ? "" : "\nThis device is enrolled there as " + shown + "."));
        if (replaces) {
            console()
                    .message(
                            "It takes the place of %s, which was called so: 'cairn remote add OTHER URL' gives that a name again."
                                    .formatted(before));
        }
        console().message("Next: cairn push" + (name.equals(Remotes.STANDARD) ? "" : " " + name));
        return ExitCode.DONE;
    }

    /** The server is asked whether it is there; the code is not spent. */
    private ExitCode rehearse(RemoteAccess remotes, RemoteUrl pinned, Duration patience, Path folder)
            throws IOException {
        try (RemoteClient client = remotes.client(pinned, patience, dryRun)) {
            client.hello();
        }
        boolean isThere = Remotes.read(folder).all().containsKey(name);
        console()
                .result(
                        () -> dryRun.mark(Console.object().put("name", name))
                                .put("url", pinned.toString())
                                .put("enrolled", false)
                                .put("replaces", isThere)
                                .put("seconds", seconds()),
                        () -> "Would %s remote %s: %s, which answers%s."
                                .formatted(
                                        isThere ? "replace" : "add",
                                        name,
                                        pinned.server(),
                                        code == null ? "" : "; and enrol this device there with the code"));
        return ExitCode.DONE;
    }
}
