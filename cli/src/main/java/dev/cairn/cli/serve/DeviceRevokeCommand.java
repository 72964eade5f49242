package dev.cairn.cli.serve;

import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.server.Device;
import dev.cairn.server.DeviceRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn device revoke}. */
@Command(
        name = "revoke",
        description = "Shut a device out, from its next request on.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn device revoke 3f9a1c0b",
            "Next: 'cairn key rotate' and 'cairn roster revoke', where the device had a key of the repository."
        })
final class DeviceRevokeCommand extends ServerDataCommand {

    private static final Pattern PREFIX = Pattern.compile("[0-9a-fA-F]{6,32}");

    @Parameters(paramLabel = "DEVICE", description = "Its id, or six or more of the first digits of it.")
    private String device = "";

    @Override
    protected ExitCode run() throws IOException {
        DeviceRegistry registry = DeviceRegistry.open(dataFolder());
        DeviceId id = find(registry);
        boolean wasIn = dryRun().isWanted() ? isIn(registry, id) : registry.revoke(id);
        console()
                .done(
                        () -> dryRun().mark(Console.object())
                                .put("device", id.toString())
                                .put("revoked", wasIn)
                                .put("seconds", seconds()),
                        () -> "Device " + id
                                + (wasIn
                                        ? dryRun().said(" would be", " is") + " shut out."
                                        : " was shut out already."));
        if (dryRun().isWanted()) {
            return ExitCode.DONE;
        }
        console()
                .message(
                        "It keeps the copies and keys that it has. New data is sealed to it as to anybody who holds the"
                                + " repository's key.");
        return ExitCode.DONE;
    }

    private static boolean isIn(DeviceRegistry registry, DeviceId id) {
        return registry.devices().stream().anyMatch(device -> device.id().equals(id) && device.revoked() == null);
    }

    private DeviceId find(DeviceRegistry registry) {
        if (!PREFIX.matcher(device).matches()) {
            throw CommandFailure.usage("not a device's id: '" + device + "'", "'cairn device list' shows them.");
        }
        String prefix = device.toLowerCase(Locale.ROOT);
        List<DeviceId> found = registry.devices().stream()
                .map(Device::id)
                .distinct()
                .filter(id -> id.toString().startsWith(prefix))
                .toList();
        return switch (found.size()) {
            case 0 ->
                throw new CommandFailure(
                        ExitCode.FAILED, "no device '" + device + "'", "'cairn device list' shows them.");
            case 1 -> found.getFirst();
            default ->
                throw new CommandFailure(
                        ExitCode.FAILED, found.size() + " devices begin with " + device, "Give more digits.");
        };
    }
}
