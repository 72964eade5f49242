package dev.cairn.cli.completion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each script in its shell, which is asked what it would offer; a stub on the PATH stands in for {@code cairn complete}. */
class CompletionScriptTest {

    /** What must be offered at the end of a line; the same in each shell. A folder and a file lie in the working folder. */
    private static final Map<String, List<String>> OFFERED = offered();

    private static final String STUB = """
        #!/bin/sh
        case "$*" in
            'complete branches') printf 'main\\npapers\\n' ;;
            'complete snapshots') printf 'main\\npapers\\n8cb9bbe452b4\\n' ;;
            'complete places -- '*:*) printf 'main:photos/\\nmain:plan\\nmain:two words\\n' | grep -F "$4" ;;
            'complete places -- '*) printf 'main\\npapers\\n8cb9bbe452b4\\n' ;;
            'complete places -P home --key-file a key -- main:p') echo main:private ;;
            'complete remotes') echo origin ;;
            'complete tags') printf 'first\\nyear-end\\n' ;;
            'complete profiles') printf 'home\\nphotos\\n' ;;
            'complete branches -r there' | 'complete branches --repo there') echo elsewhere ;;
            *) echo "there is no such repository" >&2; exit 1 ;;
        esac
        """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    private static Map<String, List<String>> offered() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        table.put("cairn snaps", List.of("snapshot", "snapshots"));
        table.put("cairn rem", List.of("remote"));
        table.put("cairn remote ", List.of("add", "list", "remove"));
        table.put("cairn -q remote a", List.of("add"));
        table.put("cairn -r there remote a", List.of("add"));
        table.put("cairn restore ", List.of("main", "papers", "8cb9bbe452b4"));
        // zsh offers options where no operand is left, so a letter keeps them away.
        table.put("cairn restore main x", List.of());
        table.put("cairn restore main --over", List.of("--overwrite"));
        table.put("cairn restore main --overwrite ", List.of("always", "changed", "never"));
        table.put("cairn restore main --overwrite=n", List.of("never"));
        table.put("cairn restore main --target b", List.of("beta"));
        table.put("cairn diff main~1 p", List.of("papers"));
        table.put("cairn cat main:pl", List.of("plan"));
        table.put("cairn ls main:p", List.of("photos", "plan"));
        table.put("cairn restore main:ph", List.of("photos"));
        table.put("cairn diff main papers:", List.of());
        table.put("cairn export main:two\\ w", List.of("two\\ words"));
        table.put("cairn -P home --key-file=a\\ key cat main:p", List.of("private"));
        table.put("cairn pin m", List.of("main"));
        table.put("cairn push ", List.of("origin"));
        table.put("cairn push origin ", List.of("main", "papers"));
        table.put("cairn push origin main p", List.of("papers"));
        table.put("cairn snapshot --branch ", List.of("main", "papers"));
        table.put("cairn snapshot --branch=pa", List.of("papers"));
        table.put("cairn snapshot --tag y", List.of("year-end"));
        table.put("cairn snapshot al", List.of("alpha.txt"));
        table.put("cairn snapshot beta al", List.of("alpha.txt"));
        table.put("cairn snapshot --branch main --exclude-file al", List.of("alpha.txt"));
        table.put("cairn rdiff patch x al", List.of("alpha.txt"));
        table.put("cairn -r there push origin ", List.of("elsewhere"));
        table.put("cairn push --repo=there origin ", List.of("elsewhere"));
        table.put("cairn push -q origin ", List.of("main", "papers"));
        table.put("cairn push origin -q --retry-for 5s p", List.of("papers"));
        table.put("cairn -r nowhere ls ", List.of());
        table.put("cairn branch rename m", List.of("main"));
        table.put("cairn remote remove o", List.of("origin"));
        table.put("cairn remote add o", List.of());
        table.put("cairn find x --type ", List.of("f", "d", "l", "p", "s", "c", "b"));
        table.put("cairn --vers", List.of());
        table.put("cairn --verb", List.of("--verbose"));
        table.put("cairn -P ho", List.of("home"));
        table.put("cairn snapshot --profile=p", List.of("photos"));
        table.put("cairn profile show ", List.of("home", "photos"));
        table.put("cairn help snaps", List.of("snapshot", "snapshots"));
        table.put("cairn completion ", List.of("bash", "zsh", "fish"));
        return table;
    }

    @BeforeEach
    void layOut() throws IOException {
        user = new TestUser(folder.resolve("home"));
        Path stub = Files.createDirectories(folder.resolve("bin")).resolve("cairn");
        Files.writeString(stub, STUB);
        assertThat(stub.toFile().setExecutable(true)).isTrue();
        Path work = Files.createDirectories(folder.resolve("work"));
        Files.createFile(work.resolve("alpha.txt"));
        Files.createDirectories(work.resolve("beta"));
    }

    @ParameterizedTest
    @EnumSource(CompletionScript.class)
    void completion_everyKindOfWord_isOffered(CompletionScript script) throws Exception {
        String shell = script.name().toLowerCase(Locale.ROOT);
        assumeTrue(isOnPath(shell), "skipped: this machine has no " + shell);
        Map<String, List<String>> told = ask(shell);

        assertThat(told.keySet()).as("lines that " + shell + " was asked").containsExactlyElementsOf(OFFERED.keySet());
        OFFERED.forEach((line, expected) ->
                assertThat(told.get(line)).as("%s: %s", shell, line).containsExactlyInAnyOrderElementsOf(expected));
    }

    @Test
    void completion_bashAndTagWithBlank_isQuoted() throws Exception {
        assumeTrue(isOnPath("bash"), "skipped: this machine has no bash");
        Files.writeString(folder.resolve("bin/cairn"), "#!/bin/sh\necho 'two words'\n");
        Map<String, List<String>> told = ask("bash");
        assertThat(told.get("cairn snapshot --branch ")).containsExactly("two\\ words");
    }

    @Test
    void completion_asJson_holdsTheScript() {
        String script = user.ok("completion", "bash").out();
        assertThat(user.json("completion", "bash").path("script").asText().strip())
                .isEqualTo(script.strip());
        assertThat(user.run("completion", "tcsh").exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(CompletionScript.class)
    void completion_commandsThatAreHidden_standInNone(CompletionScript script) {
        assertThat(user.ok("completion", script.name().toLowerCase(Locale.ROOT)).out())
                .contains("snapshot", "tenant")
                .doesNotContain("rehearse");
    }

    /** What the shell offers for each line. */
    private Map<String, List<String>> ask(String shell) throws Exception {
        Path script = Files.writeString(
                folder.resolve("completion." + shell),
                user.ok("completion", shell).out());
        Path driver = folder.resolve("ask." + shell);
        try (InputStream in = CompletionScriptTest.class.getResourceAsStream("ask." + shell)) {
            Files.write(driver, in == null ? new byte[0] : in.readAllBytes());
        }
        List<String> command = switch (shell) {
            case "zsh" -> List.of("zsh", "-f", driver.toString(), script.toString(), folder + "/answers");
            case "fish" -> List.of("fish", "--no-config", driver.toString(), script.toString());
            default -> List.of("bash", "--norc", driver.toString(), script.toString());
        };
        Path lines = Files.write(folder.resolve("lines"), OFFERED.keySet());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.resolve("work").toFile())
                .redirectErrorStream(true)
                .redirectInput(lines.toFile());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("HOME", user.home.toString());
        builder.environment().put("TERM", "dumb");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return answers(text);
    }

    private static Map<String, List<String>> answers(String text) {
        Map<String, List<String>> answers = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("? ")) {
                current = new ArrayList<>();
                answers.put(line.substring(2), current);
            } else if (!line.equals(".")) {
                // Folders with or without their slash, values with or without their option or snapshot, blanks with or
                // without a backslash: each shell has its way.
                String word = line.replaceFirst("/$", "")
                        .replaceFirst("^(--[a-z-]+=|main:)", "")
                        .replaceAll("(?<!\\\\) ", "\\\\ ");
                if (!current.contains(word)) {
                    current.add(word);
                }
            }
        }
        return answers;
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }
}
