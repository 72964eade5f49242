package dev.cairn.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's structure; what it looks like is for a person with a browser. */
final class ReportPageTest {
    private static final Path SOURCE = Path.of("report/index.html");
    private static final Pattern RESULT = Pattern.compile(
            "<script type=\"application/json\" class=\"result\" data-name=\"([^\"]*)\">\\n(.*?)</script>",
            Pattern.DOTALL);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Path write(String name, double score) throws IOException {
        Path file = folder.resolve(name);
        ResultFileTest.sample(score).write(file);
        return file;
    }

    @Test
    void page_inTheTree_needsNothingElse() throws IOException {
        String page = Files.readString(SOURCE);

        assertThat(page).startsWith("<!DOCTYPE html>").contains("<meta charset=\"utf-8\">");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:", "//www.");
        assertThat(page).doesNotContain("<link", "src=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML");
        assertThat(page).contains("id=\"file-a\"", "id=\"file-b\"", "\"" + ResultFile.FORMAT + "\"");
        assertThat(page.split(ReportPage.MARK, -1)).hasSize(2);
    }

    @Test
    void bake_twoFiles_pageHoldsBothAsTheyWere() throws IOException {
        String page = ReportPage.builtIn().bake(List.of(write("old.json", 100), write("a \"new\" <one>.json", 200)));

        List<MatchResult> results = RESULT.matcher(page).results().toList();
        assertThat(results)
                .extracting(result -> result.group(1))
                .containsExactly("old.json", "a &quot;new&quot; &lt;one&gt;.json");
        assertThat(results)
                .extracting(result -> ResultFile.parse(result.group(2)))
                .containsExactly(ResultFileTest.sample(100), ResultFileTest.sample(200));
        String[] around = Files.readString(SOURCE).split(ReportPage.MARK, -1);
        assertThat(page).startsWith(around[0]).endsWith(around[1]);
    }

    @Test
    void bake_scriptInAResult_staysText() throws IOException {
        Path file = write("a.json", 1);
        Files.writeString(file, Files.readString(file).replace("\"C\"", "\"</script><script>alert(1)</script>\""));

        String page = ReportPage.builtIn().bake(List.of(file));

        assertThat(page).doesNotContain("<script>alert").contains("\\u003c/script>\\u003cscript>alert(1)");
    }

    @Test
    void bake_noFileOrThree_refused() throws IOException {
        ReportPage page = ReportPage.builtIn();
        Path file = write("a.json", 1);
        assertThatThrownBy(() -> page.bake(List.of())).hasMessageContaining("not 0");
        assertThatThrownBy(() -> page.bake(List.of(file, file, file))).hasMessageContaining("not 3");
        assertThatThrownBy(() -> new ReportPage("<html></html>")).hasMessageContaining("not one place");
    }

    @Test
    void report_command_writesThePage() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path file = write("a.json", 1);

        int code = Main.run(
                List.of("report", file.toString()), new PrintStream(out, true, StandardCharsets.UTF_8), System.err);

        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(ReportPage.builtIn().bake(List.of(file)));
    }
}
