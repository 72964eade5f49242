package dev.cairn.docs;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Stands in for the product behind the launcher: says who it is and with what it was started, or dies as it is told. Public for {@link ProbeJar}. */
public final class LauncherProbe {
    private LauncherProbe() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String order = arguments.length == 0 ? "none" : arguments[0];
        switch (order) {
            case "pid" -> {
                System.out.println(ProcessHandle.current().pid());
                Thread.sleep(60_000);
            }
            case "encoding" -> System.out.println(System.getProperty("sun.jnu.encoding"));
            case "heap" -> System.out.println(Runtime.getRuntime().maxMemory() >> 20);
            case "exit" -> System.exit(Integer.parseInt(arguments[1]));
            case "crash" -> MemorySegment.ofAddress(8).reinterpret(4).set(ValueLayout.JAVA_INT, 0, 1);
            // The bytes that the kernel was given, since the JVM's strings may have lost some.
            default -> System.out.println(HexFormat.of().formatHex(Files.readAllBytes(Path.of("/proc/self/cmdline"))));
        }
    }
}
