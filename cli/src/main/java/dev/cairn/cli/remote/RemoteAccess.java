package dev.cairn.cli.remote;

import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.HostName;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.command.ProgramVersion;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.Terminal;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Failures;
import dev.cairn.replicator.DeviceKeyFile;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.RetryPolicy;
import dev.cairn.replicator.RollbackWatch;
import dev.cairn.replicator.Sighting;
import dev.cairn.replicator.net.ClientIdentity;
import dev.cairn.replicator.net.RateLimits;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Fingerprint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Speaks to servers as this user's device. */
public final class RemoteAccess {

    private final Console console;
    private final Places places;

    public RemoteAccess(Console console, Places places) {
        this.console = console;
        this.places = places;
    }

    /** This user's device key; made at the first use. */
    DeviceKey deviceKey() throws IOException {
        return DeviceKeyFile.readOrMake(places.deviceKey());
    }

    public RemoteClient client(RemoteUrl url, Duration retryFor) throws IOException {
        return client(url, retryFor, RateLimits.NONE);
    }

    RemoteClient client(RemoteUrl url, Duration retryFor, RateLimits limits) throws IOException {
        return client(url, deviceKey(), retryFor, limits);
    }

    /** A client that makes no device key where nothing is to be written; a server that knows none is asked all the same. */
    public RemoteClient client(RemoteUrl url, Duration retryFor, DryRun dryRun) throws IOException {
        return client(url, retryFor, RateLimits.NONE, dryRun);
    }

    RemoteClient client(RemoteUrl url, Duration retryFor, RateLimits limits, DryRun dryRun) throws IOException {
        if (!dryRun.isWanted()) {
            return client(url, retryFor, limits);
        }
        return client(url, DeviceKeyFile.read(places.deviceKey()).orElseGet(DeviceKey::random), retryFor, limits);
    }

    private static RemoteClient client(RemoteUrl url, DeviceKey key, Duration retryFor, RateLimits limits) {
        return RemoteClient.open(
                url, ClientIdentity.of(key, "cairn " + ProgramVersion.text()), RetryPolicy.within(retryFor), limits);
    }

    /** Parses a URL; where it pins nothing, shows the server's key and asks, if there is somebody to ask. */
    RemoteUrl pinned(String text, Duration retryFor) {
        RemoteUrl url;
        try {
            url = RemoteUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    String.valueOf(e.getMessage()),
                    "A remote is https://HOST:PORT/TENANT/REPOSITORY#sha256:FINGERPRINT, as 'cairn serve' prints it.");
        }
        if (!url.isSecure() || url.fingerprint() != null) {
            return url;
        }
        Fingerprint shown = RemoteClient.fingerprint(url, retryFor);
        console.always("The server at " + url.server() + " has the key\n  " + shown);
        if (!Terminal.isInteractive()) {
            throw CommandFailure.usage(
                    "the URL pins no fingerprint", "If that key is the right one, use " + url.pinned(shown));
        }
        String answer = Terminal.ask("Is it the one that 'cairn serve' printed there? [y/N] ")
                .orElse("");
        if (!answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
            throw new CommandFailure(ExitCode.NOT_ALLOWED, "the server's key was not accepted", "");
        }
        return url.pinned(shown);
    }

    /** A transfer with a remote that is watched for showing less than before. */
    public interface Transfer<R> {
        R run(RollbackWatch watch) throws IOException;
    }

    /**
     * Runs a transfer that compares what the remote shows with what was seen there before, and keeps what it saw, also where the
     * transfer fails.
     *
     * @param accepting whether a person said that the remote may show less than before
     */
    public <R> R watched(RemoteUrl url, boolean accepting, Transfer<R> transfer) throws IOException {
        SightingFile file = new SightingFile(places.sightings(), url);
        RollbackWatch watch = watch(url, accepting);
        try {
            return transfer.run(watch);
        } finally {
            watch.acceptedAlarms().forEach(alarm -> console.message("Accepted: " + alarm + "."));
            remember(file, watch);
        }
    }

    /** What was seen of a remote; empty if nothing was yet. */
    public Optional<Sighting> seen(RemoteUrl url) throws IOException {
        return Optional.ofNullable(new SightingFile(places.sightings(), url).read());
    }

    /** What compares with what was seen of the remote before; nothing is kept of what it sees. */
    RollbackWatch watch(RemoteUrl url, boolean accepting) throws IOException {
        return RollbackWatch.since(new SightingFile(places.sightings(), url).read(), accepting, Instant.now());
    }

    /** This user has deleted a branch of the remote: that it is gone is no step back. */
    public void deleted(RemoteUrl url, String branch) throws IOException {
        new SightingFile(places.sightings(), url).update(seen -> seen == null ? null : seen.without(branch));
    }

    /** What was transferred is transferred, even where a home cannot be written; but nobody shall think that it is watched. */
    private void remember(SightingFile file, RollbackWatch watch) {
        try {
            file.update(watch::after);
        } catch (IOException | CommandFailure e) {
            console.always(
                    "What the remote showed could not be kept, and a step back would not be noticed the next time: "
                            + Failures.problem(e).message());
        }
    }

    /** This device's name, for the server's list. */
    String deviceName() {
        return places.userName() + "@" + HostName.text();
    }
}
