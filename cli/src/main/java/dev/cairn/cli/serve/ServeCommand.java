package dev.cairn.cli.serve;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.Terminal;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.DurationText;
import dev.cairn.cli.text.PathText;
import dev.cairn.server.CairnServer;
import dev.cairn.server.CertificateReload;
import dev.cairn.server.ServerConfiguration;
import dev.cairn.server.ServerConfiguration.Transport;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn serve}: the server, until it is told to stop. */
@Command(
        name = "serve",
        description = "Run the replication server on a data folder, until SIGTERM or Ctrl-C.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn serve",
            "  cairn serve --data /srv/cairn --listen 0.0.0.0:7420",
            "What it prints goes into 'cairn remote add' on the other machine; 'cairn device enrol' lets further"
                    + " ones in."
        })
public final class ServeCommand extends ServerDataCommand {

    private static final String INHERITED = "inherited";
    private static final String INHERITED_HINT =
            "'--listen inherited' is for a service manager that hands one over: systemd does with"
                    + " StandardInput=socket.";

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where to listen; port 0 is any free one; 'inherited' is the socket that a service manager"
                    + " hands over as standard input. Default: 127.0.0.1:7420.")
    private @Nullable String listen;

    @Option(
            names = "--tls-cert",
            paramLabel = "F",
            description = "Certificate chain in PEM, instead of a self-made one.")
    private @Nullable String certificate;

    @Option(names = "--tls-key", paramLabel = "F", description = "Its key in PEM (PKCS #8, not encrypted).")
    private @Nullable String key;

    @Option(
            names = "--scrub-every",
            paramLabel = "D",
            description = "Look at every stored record once in so long, such as 30d, without haste.")
    private @Nullable String scrubEvery;

    @Option(names = "--no-tls", description = "Without TLS; on loopback addresses only.")
    private boolean clear;

    @Override
    protected ExitCode run() throws IOException, InterruptedException {
        ServerConfiguration configuration = configuration();
        if (dryRun().isWanted()) {
            console()
                    .result(
                            () -> dryRun().mark(Console.object())
                                    .put("host", configuration.host())
                                    .put("port", configuration.port())
                                    .put("data", configuration.dataFolder().toString()),
                            () -> "Would serve %s on %s, port %d."
                                    .formatted(configuration.dataFolder(), configuration.host(), configuration.port()));
            return ExitCode.DONE;
        }
        ServerSettings.unknownVariables(cairn().places()).forEach(console()::always);
        CairnServer server = start(configuration);
        if (!Terminal.isInteractive()) {
            // On a terminal it says that the terminal is gone.
            HangUp.handle(() -> reload(server));
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
        announce(server, configuration);
        // The hook ends the process.
        stopped.await();
        return ExitCode.DONE;
    }

    private CairnServer start(ServerConfiguration configuration) throws IOException {
        try {
            return CairnServer.start(configuration);
        } catch (CorruptDataException e) {
            // What was given is no data of ours that was damaged.
            if (!(configuration.transport() instanceof Transport.GivenCertificate given)
                    || !List.of(given.certificate().toString(), given.key().toString())
                            .contains(e.where())) {
                throw e;
            }
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "cannot use " + e.where() + ": " + e.reason(),
                    "Give --tls-cert a certificate chain in PEM and --tls-key its key, or leave both away.");
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).startsWith("cannot listen on ")) {
                throw e;
            }
            throw new CommandFailure(
                    ExitCode.FAILED,
                    String.valueOf(e.getMessage()),
                    "Give --listen an address of this machine and a port that is free (port 0: any free one).");
        }
    }

    /** To be told to stop is what a server waits for: it has done its duty, whatever the signal was. */
    private void stop(CairnServer server) {
        console().message("Stopping: finishing what is under way.");
        server.close();
        console().message("Stopped.");
        Runtime.getRuntime().halt(ExitCode.DONE.number());
    }

    /** Tells only what the server does not log as a warning. */
    private void reload(CairnServer server) {
        switch (server.reloadCertificate()) {
            case CertificateReload.Unchanged() -> console().message("SIGHUP: the certificate is the same.");
            case CertificateReload.Renewed renewed ->
                console()
                        .message("SIGHUP: another certificate is in use, for the same key. Fingerprint: "
                                + renewed.fingerprint());
            case CertificateReload.OtherKey _, CertificateReload.Refused _ -> {}
        }
    }

    private ServerConfiguration configuration() throws IOException {
        ServerSettings settings = settings();
        try {
            ServerConfiguration configuration = ServerConfiguration.of(dataFolder())
                    .withTransport(transport(settings))
                    .withLimits(settings.limits())
                    .withTenantQuota(settings.tenantQuota())
                    .withScrubEvery(
                            scrubEvery == null
                                    ? settings.time(ServerKey.SCRUB_EVERY, Duration.ZERO)
                                    : DurationText.parse("--scrub-every", scrubEvery));
            return withAddress(configuration, settings);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "See 'cairn serve --help'.");
        }
    }

    /** An option for this stands in for all that file and environment say of it. */
    private Transport transport(ServerSettings settings) {
        if (!clear && certificate == null && key == null) {
            Path givenCertificate = settings.path(ServerKey.TLS_CERT).orElse(null);
            Path givenKey = settings.path(ServerKey.TLS_KEY).orElse(null);
            if ((givenCertificate == null) != (givenKey == null)) {
                throw settings.wrong(
                        givenKey == null ? ServerKey.TLS_CERT : ServerKey.TLS_KEY,
                        "tls-cert and tls-key go together",
                        "Give both, or none.");
            }
            return transport(settings.flag(ServerKey.NO_TLS), givenCertificate, givenKey);
        }
        return transport(
                clear,
                certificate == null ? null : PathText.path(certificate),
                key == null ? null : PathText.path(key));
    }

    private static Transport transport(boolean clear, @Nullable Path certificate, @Nullable Path key) {
        if (clear && (certificate != null || key != null)) {
            throw CommandFailure.usage("--no-tls goes with no certificate", "Leave one of the two away.");
        }
        if (clear) {
            return new Transport.Clear();
        }
        if (certificate != null && key != null) {
            return new Transport.GivenCertificate(certificate, key);
        }
        if (certificate != null || key != null) {
            throw CommandFailure.usage("--tls-cert and --tls-key go together", "Give both, or none.");
        }
        return new Transport.SelfMadeCertificate();
    }

    private ServerConfiguration withAddress(ServerConfiguration configuration, ServerSettings settings) {
        if (listen != null) {
            return withAddress(configuration, listen);
        }
        String address = settings.text(ServerKey.LISTEN).orElse(null);
        try {
            return address == null ? configuration : withAddress(configuration, address);
        } catch (IllegalArgumentException | CommandFailure e) {
            throw settings.wrong(
                    ServerKey.LISTEN, String.valueOf(e.getMessage()), "Write HOST:PORT, such as 127.0.0.1:7420.");
        }
    }

    /** Takes {@value #INHERITED}, {@code HOST:PORT}, {@code [ADDRESS]:PORT} for IPv6, and a bare port. */
    private static ServerConfiguration withAddress(ServerConfiguration configuration, String address) {
        if (address.equals(INHERITED)) {
            return withInherited(configuration);
        }
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? configuration.host() : address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return configuration.withAddress(host, Integer.parseInt(address.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw CommandFailure.usage(
                    "not an address to listen on: '" + address + "'", "Write HOST:PORT, such as 127.0.0.1:7420.");
        }
    }

    private static ServerConfiguration withInherited(ServerConfiguration configuration) {
        try {
            if (System.inheritedChannel() instanceof ServerSocketChannel socket) {
                return configuration.withInherited(socket);
            }
        } catch (IOException e) {
            throw CommandFailure.usage("cannot listen on what was handed over: " + e.getMessage(), INHERITED_HINT);
        }
        throw CommandFailure.usage("standard input is no socket that listens", INHERITED_HINT);
    }

    private void announce(CairnServer server, ServerConfiguration configuration) {
        String fingerprint = server.fingerprint().map(Object::toString).orElse(null);
        console()
                .result(
                        () -> Console.object()
                                .put("url", server.url())
                                .put("fingerprint", fingerprint)
                                .put("enrolmentCode", server.enrolmentCode())
                                .put("data", configuration.dataFolder().toString()),
                        () -> text(server, configuration, fingerprint));
        console().message("Stop it with Ctrl-C or SIGTERM.");
    }

    private static String text(CairnServer server, ServerConfiguration configuration, @Nullable String fingerprint) {
        String remote = server.url() + "/default/REPOSITORY" + (fingerprint == null ? "" : "#" + fingerprint);
        StringBuilder text = new StringBuilder("Serving " + configuration.dataFolder() + " at " + server.url());
        if (fingerprint != null) {
            text.append("%nFingerprint: %s".formatted(fingerprint));
        }
        if (server.enrolmentCode() != null) {
            text.append("%nNo admin device is enrolled yet. This code enrols one, once, within a day: %s%n"
                    .formatted(server.enrolmentCode()));
            text.append("%n    cairn remote add origin '%s' --enrol %s%n".formatted(remote, server.enrolmentCode()));
        } else {
            text.append("%nRemotes have the URL %s".formatted(remote));
        }
        return text.toString();
    }
}
