package dev.cairn.cli.remote;

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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn remote add}: pins a server and, with a code, makes this device known to it. */
@Command(name = "add", description = "Add a remote, and enrol this device with a one-time code.")
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

    @Override
    protected ExitCode run() throws IOException {
        // Before a code is spent on it.
        Remotes.requireName(name);
        Path folder = access().requireFolder();
        Duration patience = DurationText.parse(retryFor);
        RemoteAccess remotes = new RemoteAccess(console(), cairn().places());
        RemoteUrl pinned = remotes.pinned(url, patience);
        DeviceId device = DeviceId.ofPublicKey(remotes.deviceKey().publicKey());
        try (RemoteClient client = remotes.client(pinned, patience)) {
            if (code == null) {
                client.hello();
            } else {
                Greeting.Enrolled enrolled = client.enrol(code, remotes.deviceName());
                device = enrolled.device();
            }
        }
        Remotes.read(folder).add(name, pinned);
        String shown = device.toString();
        console()
                .result(
                        () -> Console.object()
                                .put("name", name)
                                .put("url", pinned.toString())
                                .put("device", shown)
                                .put("enrolled", code != null)
                                .put("seconds", seconds()),
                        () -> "Added remote " + name + ": " + pinned.server()
                                + (code == null ? "" : "\nThis device is enrolled there as " + shown + "."));
        console().message("Next: cairn push" + (name.equals(Remotes.STANDARD) ? "" : " " + name));
        return ExitCode.DONE;
    }
}
