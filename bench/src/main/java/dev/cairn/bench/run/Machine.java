package dev.cairn.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where something was measured. What the system does not tell is {@value #UNKNOWN}, or 0.
 *
 * @param cpu the processor's model
 * @param cores processors that this JVM may use
 * @param memoryBytes of the whole machine
 * @param os name, version and architecture
 */
record Machine(String cpu, int cores, long memoryBytes, String os) {

    static final String UNKNOWN = "unknown";

    private static final Pattern MODEL = Pattern.compile("(?m)^(?:model name|Model|cpu model)\\s*:\\s*(\\S.*)$");
    private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal:\\s*(\\d{1,15}) kB$");
    private static final Pattern DISTRIBUTION = Pattern.compile("(?m)^PRETTY_NAME=\"?([^\"\\n]*)\"?$");

    /** This one. */
    static Machine here() {
        return of(Path.of("/"));
    }

    /** The machine whose files {@code proc/cpuinfo}, {@code proc/meminfo} and {@code etc/os-release} stand below {@code root}. */
    static Machine of(Path root) {
        String system = Stream.of(System.getProperty("os.name"), System.getProperty("os.version"))
                .reduce((name, version) -> name + " " + version)
                .orElse(UNKNOWN);
        String os = find(DISTRIBUTION, root.resolve("etc/os-release"))
                        .map(name -> name + ", ")
                        .orElse("")
                + system + ", " + System.getProperty("os.arch", UNKNOWN);
        return new Machine(
                find(MODEL, root.resolve("proc/cpuinfo")).orElse(UNKNOWN),
                Runtime.getRuntime().availableProcessors(),
                find(MEMORY, root.resolve("proc/meminfo"))
                        .map(kib -> Long.parseLong(kib) << 10)
                        .orElse(0L),
                os);
    }

    private static Optional<String> find(Pattern pattern, Path file) {
        try {
            Matcher matcher = pattern.matcher(Files.readString(file));
            return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cpu", cpu);
        json.put("cores", cores);
        json.put("memoryBytes", memoryBytes);
        json.put("os", os);
        return json;
    }
}
