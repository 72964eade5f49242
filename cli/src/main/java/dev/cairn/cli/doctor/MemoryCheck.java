package dev.cairn.cli.doctor;

import dev.cairn.cli.text.SizeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Whether the heap, and what a JVM needs beside it, fit into what the machine or its control group allows. */
final class MemoryCheck {

    /** What a JVM takes beside its heap: code, threads, buffers of the network. */
    private static final long BESIDE_HEAP_BYTES = 160L << 20;

    private static final long KIB = 1024;

    private final Findings findings;
    private final Path root;

    /** @param root where {@code proc} and {@code sys} are; {@code /} but for tests */
    MemoryCheck(Findings findings, Path root) {
        this.findings = findings;
        this.root = root;
    }

    void run(long heapBytes) {
        OptionalLong group = groupLimit();
        OptionalLong machine = machine();
        long limit = Math.min(group.orElse(Long.MAX_VALUE), machine.orElse(Long.MAX_VALUE));
        String heap = "the heap takes up to " + SizeText.of(heapBytes);
        if (limit == Long.MAX_VALUE) {
            findings.ok("memory", heap + "; this system does not say what there is");
            return;
        }
        String text = "%s, of %s that %s"
                .formatted(
                        heap,
                        SizeText.of(limit),
                        group.isPresent() && group.getAsLong() == limit
                                ? "the control group allows"
                                : "the machine has");
        if (heapBytes > limit) {
            findings.problem(
                    "memory",
                    text,
                    "The process would be killed: raise the limit, or lower the heap with CAIRN_JAVA_OPTS=-Xmx96m.");
        } else if (heapBytes + BESIDE_HEAP_BYTES > limit) {
            findings.warning(
                    "memory",
                    text,
                    "A JVM needs some %s beside its heap: raise the limit, or the process may be killed."
                            .formatted(SizeText.of(BESIDE_HEAP_BYTES)));
        } else {
            findings.ok("memory", text);
        }
    }

    /** The least limit of this process's control group and those around it, of version 2 or 1; empty if there is none. */
    private OptionalLong groupLimit() {
        long least = number(root.resolve("sys/fs/cgroup/memory/memory.limit_in_bytes"))
                .orElse(Long.MAX_VALUE);
        Path top = root.resolve("sys/fs/cgroup");
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            if (line.startsWith("0::/")) {
                Path own = top.resolve(line.substring("0::/".length())).normalize();
                for (Path group = own; group != null && group.startsWith(top); group = group.getParent()) {
                    least = Math.min(least, number(group.resolve("memory.max")).orElse(Long.MAX_VALUE));
                }
            }
        }
        // Version 1 says "no limit" by a number as large as all addresses.
        return least > Long.MAX_VALUE / 2 ? OptionalLong.empty() : OptionalLong.of(least);
    }

    private OptionalLong machine() {
        for (String line : lines(root.resolve("proc/meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                String digits = line.replaceAll("[^0-9]", "");
                return digits.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits) * KIB);
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong number(Path file) {
        List<String> lines = lines(file);
        return lines.size() == 1 && lines.getFirst().matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(lines.getFirst()))
                : OptionalLong.empty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
