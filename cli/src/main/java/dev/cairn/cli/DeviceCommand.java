package dev.cairn.cli;

import picocli.CommandLine.Command;

/** {@code cairn device}: who may use a server. */
@Command(
        name = "device",
        description = "The devices that a server lets in. Works on its data folder, while it runs too.",
        subcommands = {DeviceEnrolCommand.class, DeviceListCommand.class, DeviceRevokeCommand.class})
final class DeviceCommand extends CommandGroup {}
