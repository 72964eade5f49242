package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Sighting;
import dev.cairn.replicator.protocol.LogHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The JSON files of a replica and of its user: addresses of remotes, and what was seen of one. */
final class RemoteFilesFuzzTest extends FuzzSuite {

    private static final Parsing PARSING = Parsing.refusedBy(CommandFailure.class);
    private static final RemoteUrl URL = RemoteUrl.parse("https://host:7421/default/photos#sha256:" + "0f".repeat(32));

    /** Reads a file that holds an input. */
    @FunctionalInterface
    private interface Reader<T> {
        T read(Path folder, Path file) throws IOException;
    }

    private static <T> T in(String name, byte[] content, Reader<T> reader) throws IOException {
        Path folder = Files.createTempDirectory("fuzz-");
        try {
            Path file = Files.write(folder.resolve(name), content);
            return reader.read(folder, file);
        } finally {
            try (Stream<Path> parts = Files.walk(folder)) {
                for (Path part : parts.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(part);
                }
            }
        }
    }

    private static Path fileOf(Path folder) throws IOException {
        new SightingFile(folder, URL)
                .update(before -> new Sighting(
                        new RepositoryId(new ObjectId(1, 2, 3, 4)),
                        3,
                        Map.of("main/ä", new Sighting.Head(new ObjectId(5, 6, 7, 8), 9, Instant.EPOCH)),
                        new LogHead(4, "0f".repeat(32))));
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() throws IOException {
        byte[] remotes =
                in("remotes.json", "{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII), (folder, file) -> {
                    Remotes.read(folder).add("origin", URL);
                    return Files.readAllBytes(file);
                });
        byte[] sighting = in("nothing", new byte[0], (folder, file) -> Files.readAllBytes(fileOf(folder)));
        return Map.of("remotes", Map.of("origin", remotes), "sighting", Map.of("branch-and-log", sighting));
    }

    @FuzzTest
    void remotes(byte[] input) throws IOException {
        Optional<Remotes> read = in(
                "remotes.json",
                input,
                (folder, file) -> PARSING.value(Parsing.FIXED_BYTES + 200L * input.length, () -> Remotes.read(folder)));
        read.ifPresent(remotes -> assertThat(remotes.all().values()).doesNotContainNull());
    }

    @FuzzTest
    void sighting(byte[] input) throws IOException {
        List<Sighting> seen = in("nothing", new byte[0], (folder, file) -> {
            Files.write(fileOf(folder), input);
            SightingFile sightings = new SightingFile(folder, URL);
            return PARSING.value(
                            Parsing.FIXED_BYTES + 200L * input.length,
                            () -> Optional.ofNullable(sightings.read()).stream().toList())
                    .orElse(List.of());
        });
        seen.forEach(one -> assertThat(one.heads()).hasSizeLessThanOrEqualTo(Sighting.HEADS_MAX));
    }
}
