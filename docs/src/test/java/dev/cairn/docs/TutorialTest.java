package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The tutorial as it stands in {@code docs/tutorial.md}, by people with empty homes: every command of it is run, and prints what the page
 * shows. A block is marked with who types it; those of one name share a terminal, those of one machine a home.
 */
@Execution(ExecutionMode.CONCURRENT)
final class TutorialTest {

    private static final String STAYS = ", stays";
    private static final Pattern BLOCK =
            Pattern.compile("<!-- tutorial: ([^>\n]+) -->\n```console\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CONSOLE = Pattern.compile("(?m)^```console$");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private final Path project = SourceTree.ofProject().root();
    private final Transcript transcript = new Transcript();
    private final Map<String, ShellSession> terminals = new HashMap<>();

    @Test
    void tutorial_everyCommand_printsWhatIsShown() throws Exception {
        String page = Document.ofProject("tutorial.md").text();
        transcript.learn("7420", String.valueOf(freePort()));
        List<String> commands = new ArrayList<>();
        try {
            Matcher blocks = BLOCK.matcher(page);
            int count = 0;
            for (; blocks.find(); count++) {
                play(blocks.group(1), Transcript.steps(blocks.group(2)), commands);
            }
            assertThat(count).as("blocks that are marked").isEqualTo((int)
                    CONSOLE.matcher(page).results().count());
        } finally {
            terminals.values().forEach(ShellSession::close);
        }
        assertThat(commands)
                .as("what a person does first")
                .extracting(command -> command.replaceAll("^cairn (?:-r \\S+ )?(\\w+).*", "$1"))
                .contains("snapshot", "snapshots", "ls", "diff", "find", "restore", "forget", "gc", "serve", "remote")
                .contains("push", "device", "clone", "pull", "verify", "drill", "key");
    }

    private void play(String who, List<Transcript.Step> steps, List<String> commands) throws Exception {
        boolean stays = who.endsWith(STAYS);
        String machine = who.replaceAll(",.*", "");
        Path home = Files.createDirectories(temporary.resolve(machine));
        ShellSession terminal = terminals.get(who);
        if (terminal == null) {
            terminal = new ShellSession(home, machine.equals("laptop") ? project : home, environment());
            terminals.put(who, terminal);
        }
        for (int i = 0; i < steps.size(); i++) {
            Transcript.Step step = steps.get(i);
            String command = transcript.real(step.command());
            commands.add(step.command());
            if (stays && i + 1 == steps.size()) {
                terminal.type(command);
                List<String> printed = new ArrayList<>();
                while (printed.size() < step.output().size()) {
                    printed.add(terminal.next(command));
                }
                compare(step, printed, home);
            } else {
                ShellSession.Ending ending = terminal.run(command);
                assertThat(ending.exitCode()).as("%s%n%s", command, ending).isZero();
                if (!step.output().isEmpty()) {
                    compare(step, ending.lines(), home);
                }
            }
        }
    }

    private Map<String, String> environment() {
        return Map.of(
                "PATH", project + ":" + System.getenv("PATH"), "CAIRN_JAVA_HOME", System.getProperty("java.home"));
    }

    private void compare(Transcript.Step step, List<String> printed, Path home) {
        List<String> shown = new ArrayList<>(step.output());
        while (!shown.isEmpty() && shown.getLast().isEmpty()) {
            shown.removeLast();
        }
        List<String> real = new ArrayList<>();
        printed.forEach(line -> real.add(line.replace(home.toString(), "/home/ada")));
        List<String> shownHere = shown.stream().map(this::withPort).toList();
        assertThat(transcript.differences(shownHere, real))
                .as("%s%nshown:%n%s%nprinted:%n%s", step.command(), String.join("\n", shown), String.join("\n", real))
                .isEmpty();
    }

    private String withPort(String line) {
        return line.replace("7420", transcript.real("7420"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
