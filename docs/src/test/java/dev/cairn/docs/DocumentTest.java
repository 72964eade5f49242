package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DocumentTest {
    private static final Document PAGE = page("""
        # A page

        <!-- table -->
        | name | value |
        |---|---|
        | `a` | 1 |
        | b | `x` and `y` |

        ## The page's other heading

        <!-- block -->
        ```sh
        echo one

        # echo two
        ```

        <!-- indented -->
            1 2
            3
        and text.
        """);

    private static Document page(String text) {
        return new Document(Path.of("page.md"), text);
    }

    @Test
    void rows_belowAMark_areItsTable() {
        List<Document.Row> rows = PAGE.rows("table");

        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).cell("name")).isEqualTo("`a`");
        assertThat(rows.get(1).cell("value")).isEqualTo("`x` and `y`");
        assertThat(PAGE.rows("none")).isEmpty();
        assertThat(PAGE.marks("i")).containsExactly("indented");
    }

    @Test
    void rows_cellMissing_fails() {
        Document broken = page("<!-- t -->\n| a | b |\n|---|---|\n| 1 |\n");
        assertThatThrownBy(() -> broken.rows("t")).hasMessageContaining("page.md:4");
    }

    @Test
    void block_fencedOrIndented_isItsText() {
        assertThat(PAGE.block("block")).isEqualTo("echo one\n\n# echo two\n");
        assertThat(PAGE.block("indented")).isEqualTo("1 2\n3\n");
        assertThatThrownBy(() -> PAGE.block("none")).hasMessageContaining("none");
    }

    @Test
    void deadLinks_headingOrFileMissing_named() {
        Document links = page("""
            # One, two: it's
            [a](#one-two-its) [b](https://example.org/x#y) [c](#three) [d](nowhere.md)
            """);
        assertThat(links.deadLinks()).containsExactly("page.md links to #three", "page.md links to nowhere.md");
    }

    @Test
    void deadLinks_project_none() {
        List<Document> pages = Document.allOfProject();

        assertThat(pages).extracting(Document::name).contains("format.md", "protocol.md", "README.md");
        assertThat(pages.stream().flatMap(page -> page.deadLinks().stream())).isEmpty();
    }
}
