package dev.cairn.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import dev.cairn.server.Device;
import dev.cairn.server.DeviceRegistry;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code cairn device list}. */
@Command(
        name = "list",
        description = "List the devices that were ever let in, oldest first.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn device list --data /srv/cairn", "Next: 'cairn device revoke DEVICE' shuts one out."})
final class DeviceListCommand extends ServerDataCommand {

    @Override
    protected ExitCode run() throws IOException {
        List<Device> devices = DeviceRegistry.open(dataFolder()).devices();
        console().result(() -> json(devices), () -> text(devices));
        return ExitCode.DONE;
    }

    private ObjectNode json(List<Device> devices) {
        ObjectNode node = Console.object();
        ArrayNode array = node.putArray("devices");
        for (Device device : devices) {
            array.addObject()
                    .put("device", device.id().toString())
                    .put("name", device.name())
                    .put("tenant", device.scope().tenant())
                    .put("repository", device.scope().repository())
                    .put("role", DeviceEnrolCommand.word(device.role()))
                    .put("enrolled", device.enrolled().toString())
                    .put("revoked", device.revoked() == null ? null : String.valueOf(device.revoked()));
        }
        return node.put("seconds", seconds());
    }

    private static String text(List<Device> devices) {
        if (devices.isEmpty()) {
            return "No devices.";
        }
        StringBuilder text = new StringBuilder(
                "%-32s  %-6s  %-20s  %-20s  %s".formatted("device", "role", "where", "enrolled", "name"));
        for (Device device : devices) {
            text.append("%n%-32s  %-6s  %-20s  %-20.19s  %s%s"
                    .formatted(
                            device.id(),
                            DeviceEnrolCommand.word(device.role()),
                            device.scope(),
                            device.enrolled(),
                            ShownText.oneLine(device.name()),
                            device.revoked() == null ? "" : "  (revoked)"));
        }
        return text.toString();
    }
}
