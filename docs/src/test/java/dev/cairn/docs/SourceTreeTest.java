package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceTreeTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void filesTooLong_project_none() {
        assertThat(SourceTree.ofProject().filesTooLong()).isEmpty();
    }

    @Test
    void methodsTooLong_project_none() {
        assertThat(SourceTree.ofProject().methodsTooLong()).isEmpty();
    }

    @Test
    void packagesWithoutComment_project_none() {
        assertThat(SourceTree.ofProject().packagesWithoutComment()).isEmpty();
    }

    @Test
    void refusedNames_project_none() {
        assertThat(SourceTree.ofProject().refusedNames()).isEmpty();
    }

    @Test
    void leftOpen_project_none() {
        assertThat(SourceTree.ofProject().leftOpen()).isEmpty();
    }

    @Test
    void filesTooLong_oneLineTooMany_named() throws IOException {
        write("cas/src/test/java/a/Long.java", "// line\n".repeat(SourceTree.LINES_MAX + 1));
        write("cas/src/main/java/a/Fits.java", "// line\n".repeat(SourceTree.LINES_MAX));
        assertThat(new SourceTree(folder).filesTooLong())
                .singleElement()
                .asString()
                .contains("Long.java", "501");
    }

    @Test
    void methodsTooLong_oneLineTooMany_named() throws IOException {
        String fits = "        int x;\n".repeat(SourceTree.METHOD_LINES_MAX - 2);
        write("cas/src/main/java/a/A.java", """
            package a;
            class A {
                void fits() {
            %s    }
                void longer() {
            %s        int y;
                }
            }
            """.formatted(fits, fits));
        assertThat(new SourceTree(folder).methodsTooLong())
                .singleElement()
                .asString()
                .contains("A.java", "longer has 61 lines");
    }

    @Test
    void packagesWithoutComment_missingOrUnmarked_named() throws IOException {
        write("cas/src/main/java/a/A.java", "package a;\n");
        write("cas/src/main/java/b/B.java", "package b;\n");
        write("cas/src/main/java/b/package-info.java", "/** What b is for. */\npackage b;\n");
        write("cas/src/main/java/c/package-info.java", "/** What c is for. */\n@NullMarked\npackage c;\n");
        assertThat(new SourceTree(folder).packagesWithoutComment())
                .hasSize(2)
                .anyMatch(fault -> fault.contains("a/package-info.java is missing"))
                .anyMatch(fault -> fault.contains("b/package-info.java needs"));
    }

    @Test
    void refusedNames_eachWord_named() throws IOException {
        // The sign keeps this file within its own rule.
        write("cas/src/main/java/a/A.java", """
            package a;
            public final class StoreMan#ager {}
            record PathUt#il() {}
            @SuppressWarnings class SealHel#per {}
            sealed interface StoreIm#pl {}
            enum ColourBa#se {}
            abstract static class DatabaseReader {}
            /** A class Helper in a comment. */
            record Basement() {}
            """.replace("#", ""));
        assertThat(new SourceTree(folder).refusedNames())
                .hasSize(5)
                .noneMatch(fault -> fault.contains("DatabaseReader") || fault.contains("Basement"));
    }

    @Test
    void leftOpen_wordInJavaOrProto_named() throws IOException {
        write("cas/src/main/java/a/A.java", "// TO" + "DO later\n");
        write("cas/src/main/protobuf/a.proto", "// FIX" + "ME later\n");
        assertThat(new SourceTree(folder).leftOpen()).hasSize(2);
    }

    @Test
    void protobufOwners_optionLeadsElsewhere_refused() throws IOException {
        write("cas/src/main/protobuf/a.proto", "option java_package = \"dev.cairn.cas.snapshot.wire\";\n");
        assertThat(new SourceTree(folder).protobufOwners()).containsExactly("dev.cairn.cas.snapshot");
        write("cas/src/main/protobuf/b.proto", "option java_package = \"dev.cairn.cas\";\n");
        assertThatThrownBy(() -> new SourceTree(folder).protobufOwners())
                .hasMessageContaining("b.proto")
                .hasMessageContaining(".wire");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
