package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code docs/library.md} quotes is the very text of the program that {@code LibraryTourTest} runs, and nothing is left out. */
final class LibraryPageTest {

    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    /** A method of the program that does something with Cairn; what is private serves the others. */
    private static final Pattern METHOD = Pattern.compile("^    (?!private|public)(?:static )?[\\w<>]+ (\\w+)\\(");

    private String page = "";
    private String program = "";

    @BeforeEach
    void read() throws IOException {
        page = Document.ofProject("library.md").text();
        program = Files.readString(
                SourceTree.ofProject().root().resolve("docs/src/test/java/dev/cairn/docs/library/LibraryTour.java"));
    }

    private List<String> quoted() {
        return BLOCK.matcher(page).results().map(found -> found.group(1)).toList();
    }

    @Test
    void quotedText_everyBlock_standsInTheProgram() {
        assertThat(quoted())
                .hasSizeGreaterThan(10)
                .allSatisfy(block -> assertThat(isInProgram(block))
                        .as("the program has, at some indentation, this text:%n%s", block)
                        .isTrue());
    }

    @Test
    void program_everyMethod_isQuoted() {
        List<String> methods = program.lines()
                .flatMap(line -> METHOD.matcher(line).results())
                .map((MatchResult found) -> found.group(1))
                .filter(name -> !name.equals("run"))
                .toList();
        assertThat(methods)
                .hasSizeGreaterThan(15)
                .allSatisfy(name -> assertThat(quoted())
                        .as("a block with %s", name)
                        .anyMatch(block -> Pattern.compile("(?m)^\\S.* " + name + "\\(")
                                .matcher(block)
                                .find()));
    }

    @Test
    void options_ofTheVirtualMachine_areThoseOfTheBuild() throws IOException {
        String build = Files.readString(SourceTree.ofProject().root().resolve("pom.xml"));
        Matcher options =
                Pattern.compile("<cairn.jvm.args>(.+)</cairn.jvm.args>").matcher(build);
        assertThat(options.find()).isTrue();
        assertThat(page).contains("\n" + options.group(1) + "\n");
    }

    private boolean isInProgram(String block) {
        return IntStream.of(0, 4, 8, 12).anyMatch(indent -> program.contains(indented(block, indent)));
    }

    private static String indented(String block, int count) {
        StringBuilder text = new StringBuilder();
        block.lines()
                .forEach(line -> text.append(line.isEmpty() ? "" : " ".repeat(count) + line)
                        .append('\n'));
        return text.toString();
    }
}
