package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents of the format and of the wire against the code, and each rule against a page that breaks it. */
final class DocumentedCodeTest {
    private static final Document FORMAT = Document.ofProject("format.md");
    private static final Document MANIFEST = Document.ofProject("format-manifest.md");
    private static final Document PROTOCOL = Document.ofProject("protocol.md");

    /** The packages whose limits are part of the format. */
    private static final Set<String> FORMAT_PACKAGES = Set.of(
            "dev.cairn.chunker",
            "dev.cairn.cas",
            "dev.cairn.cas.seal",
            "dev.cairn.cas.snapshot",
            "dev.cairn.cas.manifest",
            "dev.cairn.replicator.protocol");

    /** Named as limits are, but seen by no reader of the format. */
    private static final Set<String> INNER_LIMITS = Set.of(
            "cas.snapshot.Workers.THREADS_MAX",
            "cas.manifest.ValidatedEntries.GROUPS_MAX",
            "cas.manifest.EntryVersions.PAGES_MAX",
            "replicator.protocol.FrameReader.PREFIX_BYTES_MAX",
            "replicator.protocol.GreetingCodec.NAME_CHARS_MAX",
            "replicator.protocol.GreetingCodec.CODE_CHARS_MAX",
            "replicator.protocol.GreetingCodec.SESSION_SECONDS_MAX");

    private static DocumentedCode page(String text) {
        return new DocumentedCode(new Document(Path.of("page.md"), text));
    }

    @Test
    void limits_ofEveryPage_areThoseOfTheCode() {
        for (Document document : List.of(FORMAT, MANIFEST, PROTOCOL)) {
            DocumentedCode page = new DocumentedCode(document);
            assertThat(page.limits()).as("limits of " + document.name()).isNotEmpty();
            assertThat(page.limitFaults()).isEmpty();
        }
    }

    @Test
    void limitFaults_valueDiffersOrNothingThere_named() {
        assertThat(page("""
            <!-- limits -->
            | value | constant |
            |---|---|
            | 8 MiB | `cas.RecordHeader.RECORD_BYTES_MAX` |
            | 15 | `cas.RecordHeader.PARENTS_MAX` |
            | 17 | `cas.RecordHeader.NOTHING_MAX` |
            | 4,097 | `replicator.protocol.ProtocolLimits.DEFAULT.batchRecords` |
            | many | `cas.RecordHeader.BASES_MAX` |
            """).limitFaults())
                .hasSize(4)
                .anyMatch(fault -> fault.contains("PARENTS_MAX is 15; it is 16"))
                .anyMatch(fault -> fault.contains("NOTHING_MAX"))
                .anyMatch(fault -> fault.contains("batchRecords is 4097; it is 4096"))
                .anyMatch(fault -> fault.contains("not an amount: many"));
    }

    @Test
    void undocumentedLimits_formatPackages_none() throws ClassNotFoundException {
        List<String> classes = SourceTree.ofProject().classes(FORMAT_PACKAGES);
        Set<String> documented = new HashSet<>(INNER_LIMITS);
        Stream.of(FORMAT, MANIFEST, PROTOCOL).forEach(page -> documented.addAll(new DocumentedCode(page).limits()));

        assertThat(DocumentedCode.undocumentedLimits(classes, documented)).isEmpty();
        assertThat(DocumentedCode.undocumentedLimits(classes, Set.of()))
                .hasSizeGreaterThan(50)
                .anyMatch(fault -> fault.startsWith("cas.seal.Compression$Zstd.LEVEL_MAX "))
                .anyMatch(fault -> fault.startsWith("chunker.ChunkProfile.BYTES_LIMIT "));
    }

    @Test
    void codes_format_areThoseOfTheCode() {
        assertThat(FORMAT.marks("codes: ")).hasSize(7);
        assertThat(new DocumentedCode(FORMAT).codeFaults()).isEmpty();
    }

    @Test
    void codeFaults_constantMissingOrOther_named() {
        assertThat(page("""
            <!-- codes: cas.ObjectType -->
            | type | code |
            |---|---|
            | CHUNK | 1 |
            | NODE | 2 |

            <!-- codes: cas.seal.Codec -->
            | codec | code |
            |---|---|
            | RAW | 0 |
            | ZSTD | 2 |
            | LZ4 | 1 |
            """).codeFaults())
                .hasSize(2)
                .anyMatch(fault -> fault.contains("SNAPSHOT=3"))
                .anyMatch(fault -> fault.contains("of cas.seal.Codec"));
    }

    @Test
    void routesAndProblems_protocol_areThoseOfTheCode() {
        assertThat(new DocumentedCode(PROTOCOL).routeFaults()).isEmpty();
        assertThat(new DocumentedCode(PROTOCOL).problemFaults()).isEmpty();
    }

    @Test
    void routeAndProblemFaults_rowsMissing_named() {
        DocumentedCode page = page("""
            <!-- routes -->
            | route | role |
            |---|---|
            | `GET /v1/TENANT/REPOSITORY/info` | write |
            """);
        assertThat(page.routeFaults())
                .anyMatch(fault -> fault.contains("info takes 'write'; it takes READ"))
                .anyMatch(fault -> fault.contains("POST /hello"));
        assertThat(page.problemFaults()).singleElement().asString().contains("BUSY 13 503");
    }

    /** A label that a format is made of stands in the code as one literal, or in the golden key file. */
    @Test
    void labels_format_areThoseOfTheCode() throws IOException {
        TreeSet<String> labels = new TreeSet<>(SourceTree.ofProject().labels());
        labels.add(Files.readAllLines(golden().resolve("key-file.txt")).get(1));

        assertThat(new DocumentedCode(FORMAT).labels()).containsExactlyInAnyOrderElementsOf(labels);
    }

    @Test
    void messages_everyPage_areThoseOfTheCode() {
        SourceTree tree = SourceTree.ofProject();
        assertThat(new DocumentedCode(FORMAT).messageFaults("cas", tree.protobufs("cas")))
                .isEmpty();
        assertThat(new DocumentedCode(FORMAT).messageFaults("server", tree.protobufs("server")))
                .isEmpty();
        assertThat(new DocumentedCode(PROTOCOL).messageFaults("replicator", tree.protobufs("replicator")))
                .isEmpty();
    }

    @Test
    void messageFaults_fieldOrMessageMissing_named() {
        DocumentedCode page = page("""
            <!-- messages: cas -->
            ```proto
            message A { bytes x = 1; } // as it is
            message B { oneof y { bytes x = 1; } }
            ```
            """);
        String proto = """
            syntax = "proto3";
            // A comment.
            message A {
              // Of x.
              bytes x = 1;
            }
            message B {
              oneof y {
                bytes x = 2;
              }
            }
            enum C {
              D = 0;
            }
            """;
        assertThat(page.messageFaults("cas", List.of(proto)))
                .hasSize(2)
                .anyMatch(fault -> fault.contains("of B") && fault.contains("x = 2"))
                .anyMatch(fault -> fault.contains("of C: null"));
    }

    @Test
    void goldenFiles_each_isShownByAPage() throws IOException {
        try (Stream<Path> files = Files.list(golden())) {
            assertThat(files.map(file -> "`" + file.getFileName() + "`"))
                    .hasSizeGreaterThan(10)
                    .allMatch(name -> FORMAT.text().contains(name), "stands in format.md");
        }
    }

    @Test
    void packages_each_standsInArchitecture() {
        String architecture = Document.ofProject("architecture.md").text();
        assertThat(SourceTree.ofProject().packages())
                .contains("dev.cairn.cas.lmdb", "dev.cairn.server")
                .allMatch(name -> architecture.contains("`" + name + "`"), "stands in architecture.md");
    }

    private static Path golden() {
        return SourceTree.ofProject().root().resolve("cas/src/test/resources/golden/v1");
    }
}
