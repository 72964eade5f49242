package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every command line of {@code docs/coming-from.md} against the commands that there are. */
final class ComingFromTest {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final String MISSING = "## What is not there";

    /** In a table, the second column. */
    private static final Pattern SECOND_CELL = Pattern.compile("(?m)^\\|[^|]*\\|([^|]*)\\|");

    private static final CommandModel MODEL = CommandModel.ofProject();

    private final String page = Document.ofProject("coming-from.md").text();

    private static List<String> commandLines(String text) {
        return CODE.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .filter(code -> code.startsWith("cairn "))
                .toList();
    }

    @Test
    void page_everyCommandLine_isOneThatThereIs() {
        String there = page.replaceAll("`cairn (?:mount|sync|watch)`", "");
        assertThat(commandLines(there))
                .hasSizeGreaterThan(60)
                .allSatisfy(line -> assertThat(MODEL.faults(line)).isEmpty());
    }

    @Test
    void whatIsNotThere_stillIsNot() {
        String table = page.substring(page.indexOf(MISSING));
        List<String> missing = SECOND_CELL
                .matcher(table)
                .results()
                .flatMap(cell -> commandLines(cell.group(1)).stream())
                .toList();
        assertThat(missing)
                .containsExactly("cairn mount", "cairn sync", "cairn watch")
                .allSatisfy(line -> assertThat(MODEL.faults(line))
                        .as("%s is there now: the page says that it is not", line)
                        .isNotEmpty());
    }

    @Test
    void faults_commandsAndOptions_areTakenAsTheyAre() {
        assertThat(MODEL.names()).contains("snapshot", "rdiff", "key").doesNotContain("add", "cairn");
        assertThat(MODEL.everywhere()).contains("--json", "-r", "--help");
        assertThat(MODEL.faults("cairn key add --new-password --json")).isEmpty();
        assertThat(MODEL.faults("cairn snapshot DIR --stdin-from-command -- pg_dump -Fc"))
                .isEmpty();
        assertThat(MODEL.faults("cairn key add --new-passwort")).isNotEmpty();
        assertThat(MODEL.faults("cairn key")).isNotEmpty();
        assertThat(MODEL.faults("cairn backup DIR")).isNotEmpty();
    }
}
