package dev.cairn.cli.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine. */
public final class HostName {

    private HostName() {}

    /** Read from the system where it has it in a file, so that no network is asked; empty where nobody knows it. */
    public static String text() {
        try {
            Path file = Path.of("/proc/sys/kernel/hostname");
            return Files.exists(file)
                    ? Files.readString(file).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "";
        }
    }
}
