package dev.cairn.cli.serve;

import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.DurationText;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.server.DeviceRegistry;
import dev.cairn.server.Scope;
import dev.cairn.server.Tenants;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn device enrol}: a one-time code that lets a device in. */
@Command(
        name = "enrol",
        description = "Make a one-time code by which a device enrols itself.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn device enrol",
            "  cairn device enrol --tenant ada --role append --valid 1h",
            "Next: 'cairn remote add NAME URL --enrol CODE' on the device."
        })
final class DeviceEnrolCommand extends ServerDataCommand {

    @Option(names = "--tenant", paramLabel = "T", description = "Whose repositories it may use. Default: 'default'.")
    private @Nullable String tenant;

    @Option(names = "--all-tenants", description = "Those of every tenant.")
    private boolean allTenants;

    @Option(names = "--repository", paramLabel = "R", description = "Only this one of the tenant's repositories.")
    private String repository = "";

    @Option(
            names = "--role",
            paramLabel = "read|append|write|admin",
            defaultValue = "write",
            description = "What it may do. append adds and moves branches forward, and never removes. Default: write.")
    private Role role = Role.WRITE;

    @Option(
            names = "--valid",
            paramLabel = "D",
            defaultValue = "1d",
            description = "How long the code may be used. Default: 1d.")
    private String valid = "1d";

    @Override
    protected ExitCode run() throws IOException {
        Scope scope = scope();
        DeviceRegistry registry = DeviceRegistry.open(dataFolder());
        if (!scope.tenant().isEmpty() && !Tenants.open(dataFolder()).names().contains(scope.tenant())) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "the server has no tenant '" + scope.tenant() + "'",
                    "Add it with: cairn tenant add " + scope.tenant());
        }
        Duration validity = DurationText.parse("--valid", valid);
        if (validity.isZero()) {
            throw CommandFailure.usage("a code must be valid for some time", "Give --valid a duration such as 1d.");
        }
        if (dryRun().isWanted()) {
            console()
                    .result(
                            () -> dryRun().mark(Console.object())
                                    .put("tenant", scope.tenant())
                                    .put("repository", scope.repository())
                                    .put("role", word(role))
                                    .put("seconds", seconds()),
                            () -> "Would make a code for one device, once, within %s: may %s in %s."
                                    .formatted(valid, word(role), scope));
            return ExitCode.DONE;
        }
        String code = registry.issueCode(scope, role, validity);
        Instant expires = Instant.now().plus(validity);
        console()
                .result(
                        () -> Console.object()
                                .put("code", code)
                                .put("tenant", scope.tenant())
                                .put("repository", scope.repository())
                                .put("role", word(role))
                                .put("expires", expires.toString())
                                .put("seconds", seconds()),
                        () -> code);
        console()
                .message(
                        "For one device, once, within %s: may %s in %s. On that device:%n    cairn remote add origin URL --enrol %s"
                                .formatted(valid, word(role), scope, code));
        return ExitCode.DONE;
    }

    private Scope scope() {
        if (allTenants && (tenant != null || !repository.isEmpty())) {
            throw CommandFailure.usage("--all-tenants goes with neither --tenant nor --repository", "");
        }
        try {
            return allTenants ? Scope.ALL : new Scope(tenant == null ? Tenants.DEFAULT : tenant, repository);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "See 'cairn device enrol --help'.");
        }
    }

    static String word(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}
