package dev.cairn.bench.run;

import dev.cairn.bench.Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/**
 * What is kept of a run: when, where, of what, with which options, and JMH's own results (its JSON, unchanged) with one field more
 * each: {@code operation}, what one operation is.
 *
 * @param started when the run began
 * @param seconds how long it took
 * @param arguments the command line
 * @param machine see {@link Machine}
 * @param versions see {@link Versions}
 * @param results an object for each benchmark and combination of parameters
 */
record ResultFile(
        String started,
        double seconds,
        List<String> arguments,
        Map<String, ?> machine,
        Map<String, ?> versions,
        List<Map<String, @Nullable Object>> results) {

    /** What the field {@code format} says. */
    static final String FORMAT = "cairn-bench 1";

    /** The longest file that is read, in bytes: a full run has less than one MiB. */
    static final long BYTES_MAX = 64 << 20;

    /** The results of a run that ends now. */
    static ResultFile of(Instant started, List<String> arguments, Collection<RunResult> results) {
        double seconds = (Instant.now().toEpochMilli() - started.toEpochMilli()) / 1000.0;
        return new ResultFile(
                started.toString(),
                seconds,
                List.copyOf(arguments),
                Machine.here().json(),
                Versions.here().json(),
                described(jmhJson(results)));
    }

    private static String jmhJson(Collection<RunResult> results) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<Map<String, @Nullable Object>> described(String jmhJson) {
        List<Map<String, @Nullable Object>> described = new ArrayList<>();
        for (Object result : list(Json.read(jmhJson), "JMH's results")) {
            Map<String, @Nullable Object> fields = object(result, "a result");
            fields.put("operation", operation(String.valueOf(fields.get("benchmark"))));
            described.add(fields);
        }
        return described;
    }

    /** What an operation of {@code class.method} is; "op" where nothing says so. */
    static String operation(String benchmark) {
        int dot = benchmark.lastIndexOf('.');
        try {
            for (Method method :
                    Class.forName(benchmark.substring(0, Math.max(0, dot))).getMethods()) {
                Operation operation = method.getAnnotation(Operation.class);
                if (operation != null && method.getName().equals(benchmark.substring(dot + 1))) {
                    return operation.value();
                }
            }
        } catch (ClassNotFoundException e) {
            return "op";
        }
        return "op";
    }

    /**
     * Reads a file that {@link #write} wrote.
     *
     * @throws IOException if it cannot be read, or is something else; the message names the file
     */
    static ResultFile read(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException("%s has more than %d bytes".formatted(file, BYTES_MAX));
        }
        try {
            return parse(Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no result file: " + e.getMessage(), e);
        }
    }

    /**
     * Parses what {@link #json} gives.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static ResultFile parse(String text) {
        Map<String, @Nullable Object> fields = object(Json.read(text), "the document");
        if (!FORMAT.equals(fields.get("format"))) {
            throw new IllegalArgumentException("its format is '%s', not '%s'".formatted(fields.get("format"), FORMAT));
        }
        List<Map<String, @Nullable Object>> results = new ArrayList<>();
        for (Object result : list(fields.get("results"), "results")) {
            results.add(object(result, "a result"));
        }
        if (!(fields.get("seconds") instanceof Number seconds)) {
            throw new IllegalArgumentException("seconds is no number");
        }
        return new ResultFile(
                String.valueOf(fields.get("started")),
                seconds.doubleValue(),
                list(fields.get("arguments"), "arguments").stream()
                        .map(String::valueOf)
                        .toList(),
                object(fields.get("machine"), "machine"),
                object(fields.get("versions"), "versions"),
                results);
    }

    /** The file's text. */
    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("started", started);
        fields.put("seconds", seconds);
        fields.put("arguments", arguments);
        fields.put("machine", machine);
        fields.put("versions", versions);
        fields.put("results", results);
        return Json.write(fields);
    }

    /** Writes the file, whole or not at all, in place of what may be there. */
    void write(Path file) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(temporary, json());
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<?> list(@Nullable Object value, String what) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException(what + " is no list");
    }

    private static Map<String, @Nullable Object> object(@Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            map.forEach((name, field) -> fields.put(String.valueOf(name), field));
            return fields;
        }
        throw new IllegalArgumentException(what + " is no object");
    }
}
