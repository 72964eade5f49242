package dev.cairn.cli.serve;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn device}: who may use a server. */
@Command(
        name = "device",
        description = "The devices that a server lets in. Works on its data folder, while it runs too.",
        subcommands = {DeviceEnrolCommand.class, DeviceListCommand.class, DeviceRevokeCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn device enrol --role append",
            "  cairn device list",
            "Next: 'cairn remote add NAME URL --enrol CODE' on the device."
        })
public final class DeviceCommand extends CommandGroup {}
