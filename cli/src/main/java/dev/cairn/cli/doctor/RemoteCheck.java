package dev.cairn.cli.doctor;

import dev.cairn.cas.StoreException;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.remote.RemoteAccess;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.net.RemoteClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Whether remotes answer, and what time it is there. Sends no more than a greeting. */
final class RemoteCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

    private final Findings findings;
    private final RemoteAccess access;
    private final DryRun asking;

    /** @param asking that nothing is written: no device key is made */
    RemoteCheck(Findings findings, RemoteAccess access, DryRun asking) {
        this.findings = findings;
        this.access = access;
        this.asking = asking;
    }

    void run(Map<String, RemoteUrl> remotes) {
        remotes.forEach((name, url) -> {
            try (RemoteClient client = access.client(url, PATIENCE, asking)) {
                String program = client.hello().program();
                findings.ok("remote", "%s answers: %s at %s".formatted(name, program, url.server()));
                client.serverDate().ifPresent(there -> clock(name, there));
            } catch (RemoteException | StoreException | IOException e) {
                findings.warning(
                        "remote",
                        "%s: %s".formatted(name, e.getMessage()),
                        e instanceof RemoteException failure && !failure.hint().isEmpty()
                                ? failure.hint()
                                : "Check the address with 'cairn remote list', and whether the server runs.");
            }
        });
    }

    private void clock(String name, Instant there) {
        Duration between = Duration.between(there, Instant.now()).abs();
        String text = "remote %s says it is %s, %d s from the time here".formatted(name, there, between.toSeconds());
        if (between.compareTo(CLOCK_TOLERANCE) > 0) {
            findings.warning("clock", text, "One of the two clocks is wrong: have both set by NTP ('timedatectl').");
        } else {
            findings.ok("clock", text);
        }
    }
}
