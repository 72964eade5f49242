package dev.cairn.cli.manual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManualTest {

    private static final Pattern VARIABLE = Pattern.compile("\"(CAIRN_[A-Z_]+)\"");
    private static final Pattern LISTED = Pattern.compile("(?m)^  ([a-z]+) ");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @SuppressWarnings("NullAway.Init")
    private Path pages;

    @BeforeEach
    void writePages() throws IOException {
        user = new TestUser(folder.resolve("home"));
        pages = folder.resolve("man");
        user.ok("manual", pages.toString(), "--date", "2026-11-22");
    }

    @Test
    void manual_eachCommandOfTheHelp_hasAPage() {
        List<String> commands = LISTED.matcher(user.ok("help")
                        .out()
                        .replaceFirst("(?s).*Commands:", "")
                        .replaceFirst("(?s)Examples:.*", ""))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(commands).contains("snapshot", "serve", "version");
        assertThat(commands)
                .allSatisfy(name ->
                        assertThat(pages.resolve("cairn-" + name + ".1")).exists());
        assertThat(pages.resolve("cairn-remote-add.1")).exists();
        assertThat(pages.resolve("cairn-rehearse.1")).doesNotExist();
    }

    @Test
    void manual_examplesOfTheHelp_standOnThePageToo() throws IOException {
        assertThat(Files.readString(pages.resolve("cairn-pin.1")))
                .contains(".SH EXAMPLES", "\\fBcairn pin main\\(ti2 \\-\\-remove\\fR");
    }

    @Test
    void manual_pageOfACommand_hasWhatItsHelpHas() throws IOException {
        String page = Files.readString(pages.resolve("cairn-restore.1"));
        assertThat(page)
                .startsWith(".TH \"CAIRN\\-RESTORE\" \"1\" \"2026-11-22\"")
                .contains("\\fB\\-\\-overwrite\\fR \\fIalways|changed|never\\fR", "\\fISNAPSHOT[:PATH]\\fR");
        assertThat(Files.readString(pages.resolve("cairn.1"))).contains("\\fB\\-\\-key\\-file\\fR \\fIFILE\\fR");
    }

    @Test
    void manual_pageOfTheProgram_hasEveryExitCodeAndVariable() throws IOException {
        String page = Files.readString(pages.resolve("cairn.1"));
        for (ExitCode code : ExitCode.values()) {
            assertThat(page).contains("\n.B " + code.number() + "\n");
        }
        assertThat(page).contains("\n.B 129\n", "\n.B 143\n");
        TreeSet<String> variables = new TreeSet<>(List.of("CAIRN_JAVA_HOME", "CAIRN_JAVA_OPTS"));
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                VARIABLE.matcher(Files.readString(source))
                        .results()
                        .map((MatchResult match) -> match.group(1))
                        .forEach(variables::add);
            }
        }
        assertThat(variables).contains("CAIRN_REPO");
        assertThat(variables).allSatisfy(variable -> assertThat(page).contains(variable));
    }

    @Test
    void manual_groff_hasNothingToSay() throws Exception {
        assertThat(output("groff", "-man", "-ww", "-z", "-Tutf8", "-Kutf8")).isEmpty();
    }

    @Test
    void manual_mandoc_hasNothingToSay() throws Exception {
        assertThat(output("mandoc", "-Tlint", "-Wwarning")).isEmpty();
    }

    private String output(String... formatter) throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, formatter[0]))),
                "skipped: this machine has no " + formatter[0]);
        List<String> command = new ArrayList<>(List.of(formatter));
        try (Stream<Path> files = Files.list(pages)) {
            files.sorted().forEach(file -> command.add(file.toString()));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }
}
