package dev.cairn.cli.fault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads what strace wrote of a process: its steps on the files below one folder, with all their bytes. */
final class DiskTrace {

    private static final String CALLS =
            "openat,open,creat,lseek,write,pwrite64,pwritev,pwritev2,writev,ftruncate,fsync,fdatasync,"
                + "sync_file_range,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,"
                + "fallocate,copy_file_range,sendfile,splice";

    private static final Pattern LINE = Pattern.compile("(\\d+) +(\\d+\\.\\d+) (.*)");
    private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+|\\?)(.*)");
    private static final Pattern QUOTED = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");
    private static final Pattern DESCRIPTOR = Pattern.compile("^(\\d+|AT_FDCWD)<((?:\\\\x[0-9a-f]{2})*)>");
    private static final Pattern ARGUMENT = Pattern.compile(", ");
    private static final String UNFINISHED = " <unfinished ...>";
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. \\w+ resumed>(.*)");

    private final Path root;
    private final List<DiskStep> steps = new ArrayList<>();
    private final List<Double> times = new ArrayList<>();
    private final Map<String, Begun> unfinished = new HashMap<>();
    private final Map<Integer, Descriptor> descriptors = new HashMap<>();

    /** The first half of a call that another thread's call came between. */
    private record Begun(String text, int step) {}

    private static final class Descriptor {
        final boolean durable;
        long position;

        Descriptor(boolean durable) {
            this.durable = durable;
        }
    }

    private DiskTrace(Path root) {
        this.root = root;
    }

    /** What stands before a command so that it is traced into {@code file}; the process id stays the command's. */
    static List<String> strace(Path file) {
        return List.of(
                "/usr/bin/strace",
                "-D",
                "-f",
                "-y",
                "-xx",
                "-ttt",
                "-qq",
                "-s",
                "20000000",
                "-e",
                "trace=" + CALLS,
                "-e",
                "signal=none",
                "-o",
                file.toString());
    }

    /** Reads a finished trace. {@code root} is a real path. */
    static DiskTrace read(Path file, Path root) throws IOException {
        DiskTrace trace = new DiskTrace(root);
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            lines.forEach(trace::line);
        }
        return trace;
    }

    List<DiskStep> steps() {
        return steps;
    }

    /** How many steps were done by a time, in seconds since 1970. */
    int doneBy(double time) {
        return (int) times.stream().filter(at -> at <= time).count();
    }

    private void line(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            return;
        }
        String thread = parts.group(1);
        String text = parts.group(3);
        int begun = steps.size();
        if (text.endsWith(UNFINISHED)) {
            unfinished.put(thread, new Begun(text.substring(0, text.length() - UNFINISHED.length()), begun));
            return;
        }
        Matcher resumed = RESUMED.matcher(text);
        if (resumed.matches()) {
            Begun first = unfinished.remove(thread);
            if (first == null) {
                return;
            }
            text = first.text + resumed.group(1);
            begun = first.step;
        }
        Matcher call = CALL.matcher(text);
        if (call.matches() && !call.group(3).startsWith("-") && !call.group(3).equals("?")) {
            int before = steps.size();
            call(call.group(1), call.group(2), Long.parseLong(call.group(3)), call.group(4), begun);
            for (int i = before; i < steps.size(); i++) {
                times.add(Double.parseDouble(parts.group(2)));
            }
        }
    }

    private void call(String name, String arguments, long result, String after, int begun) {
        switch (name) {
            case "openat", "open", "creat" -> opened(name, arguments, (int) result, after);
            case "lseek" -> descriptor(arguments).position = result;
            case "write", "writev" -> {
                Descriptor descriptor = descriptor(arguments);
                written(arguments, descriptor.position, (int) result, descriptor.durable);
                descriptor.position += result;
            }
            case "pwrite64" -> written(arguments, lastNumber(arguments), (int) result, descriptor(arguments).durable);
            case "pwritev" -> written(arguments, lastNumber(arguments), (int) result, descriptor(arguments).durable);
            case "ftruncate" -> add(new DiskStep.Truncate(place(arguments), lastNumber(arguments)), place(arguments));
            case "fsync", "fdatasync" -> add(new DiskStep.Sync(place(arguments), begun), place(arguments));
            case "rename", "renameat", "renameat2" -> {
                List<Path> names = names(arguments);
                add(new DiskStep.Rename(names.get(0), names.get(1)), names.get(1));
            }
            case "link", "linkat" -> {
                List<Path> names = names(arguments);
                add(new DiskStep.Link(names.get(0), names.get(1)), names.get(1));
            }
            case "unlink", "unlinkat", "rmdir" ->
                add(
                        new DiskStep.Remove(names(arguments).getFirst()),
                        names(arguments).getFirst());
            case "mkdir", "mkdirat" ->
                add(
                        new DiskStep.CreateFolder(names(arguments).getFirst()),
                        names(arguments).getFirst());
            default -> unknown(name, arguments, after);
        }
    }

    /** A call that the model does not know must not touch what is modelled. */
    private void unknown(String name, String arguments, String after) {
        String all = decodeAll(arguments + after);
        if (all.contains(root.toString())) {
            throw new AssertionError(name + " is not modelled: " + all);
        }
    }

    private void opened(String name, String arguments, int descriptor, String after) {
        Matcher result = DESCRIPTOR.matcher(descriptor + after);
        if (!result.find()) {
            return;
        }
        Path file = Path.of(decode(result.group(2)));
        descriptors.put(descriptor, new Descriptor(arguments.contains("O_DSYNC") || arguments.contains("O_SYNC")));
        if (arguments.contains("O_CREAT") || name.equals("creat")) {
            add(new DiskStep.Create(file), file);
        }
        if (arguments.contains("O_TRUNC") || name.equals("creat")) {
            add(new DiskStep.Truncate(file, 0), file);
        }
        if (arguments.contains("O_APPEND") && file.startsWith(root)) {
            throw new AssertionError("appending is not modelled: " + file);
        }
    }

    private Descriptor descriptor(String arguments) {
        Matcher place = DESCRIPTOR.matcher(arguments);
        int number = place.find() && !place.group(1).equals("AT_FDCWD") ? Integer.parseInt(place.group(1)) : -1;
        return descriptors.computeIfAbsent(number, n -> new Descriptor(false));
    }

    private void written(String arguments, long offset, int length, boolean durable) {
        Path file = place(arguments);
        if (file.startsWith(root)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Matcher quoted = QUOTED.matcher(arguments);
            while (quoted.find()) {
                bytes.writeBytes(bytes(quoted.group(1)));
            }
            if (bytes.size() < length) {
                throw new AssertionError("strace gave %d of %d bytes".formatted(bytes.size(), length));
            }
            add(new DiskStep.Write(file, offset, java.util.Arrays.copyOf(bytes.toByteArray(), length), durable), file);
        } else if (arguments.startsWith("1<")) {
            steps.add(new DiskStep.Told(decodeAll(arguments.substring(arguments.indexOf('"')))));
        }
    }

    private void add(DiskStep step, Path place) {
        if (place.startsWith(root)) {
            steps.add(step);
        }
    }

    /** The path of the descriptor that a call begins with. */
    private static Path place(String arguments) {
        Matcher place = DESCRIPTOR.matcher(arguments);
        return Path.of(place.find() ? decode(place.group(2)) : "/nowhere");
    }

    /** The names that a call gives, each in the folder of the descriptor before it. */
    private static List<Path> names(String arguments) {
        List<Path> names = new ArrayList<>();
        Path folder = Path.of("/");
        for (String argument : ARGUMENT.split(arguments, -1)) {
            Matcher at = DESCRIPTOR.matcher(argument);
            Matcher quoted = QUOTED.matcher(argument);
            if (at.find()) {
                folder = Path.of(decode(at.group(2)));
            } else if (quoted.matches()) {
                names.add(folder.resolve(decode(quoted.group(1))));
            }
        }
        return names;
    }

    private static long lastNumber(String arguments) {
        return Long.parseLong(arguments.substring(arguments.lastIndexOf(", ") + 2));
    }

    private static String decodeAll(String text) {
        StringBuilder all = new StringBuilder();
        Matcher quoted = Pattern.compile("(?:\\\\x[0-9a-f]{2})+").matcher(text);
        while (quoted.find()) {
            all.append(decode(quoted.group()));
        }
        return all.toString();
    }

    private static String decode(String hex) {
        return new String(bytes(hex), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String hex) {
        byte[] bytes = new byte[hex.length() / 4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte)
                    (Character.digit(hex.charAt(4 * i + 2), 16) << 4 | Character.digit(hex.charAt(4 * i + 3), 16));
        }
        return bytes;
    }
}
