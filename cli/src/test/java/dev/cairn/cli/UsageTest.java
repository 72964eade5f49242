package dev.cairn.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Command lines that are wrong, and those that ask for help. */
class UsageTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
    }

    @Test
    void help_aloneAndOfACommand_showsWhatTheOptionShows() {
        assertThat(user.ok("help").out()).isEqualTo(user.ok("--help").out()).contains("snapshot", "Commands:");
        assertThat(user.ok("help", "snapshot").out())
                .isEqualTo(user.ok("snapshot", "--help").out())
                .contains("--exclude");
        assertThat(user.ok("help", "remote", "add").out()).contains("--enrol");
        assertThat(user.ok("help").err()).isEmpty();
    }

    @Test
    void version_asAnOption_isTheVersion() {
        assertThat(user.ok("--version").out())
                .isEqualTo(user.ok("-V").out())
                .isEqualTo(user.ok("version").out());
    }

    @Test
    void help_ofNoCommand_isWrongUsage() {
        TestUser.Ending ending = user.run("help", "snapsho");
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("there is no command 'cairn snapsho'", "Did you mean", "snapshot");
        assertThat(ending.out()).isEmpty();
    }

    @Test
    void command_misspelt_isToldWithTheOneMeant() {
        TestUser.Ending ending = user.run("snapsho", "docs", "--json");
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.error().path("message").asText()).isEqualTo("there is no command 'cairn snapsho'");
        assertThat(ending.error().path("hint").asText()).contains("Did you mean", "snapshot", "cairn --help");
        assertThat(user.run("remote", "ad").err()).contains("there is no command 'cairn remote ad'", "add");
    }

    @Test
    void option_misspelt_isToldBeforeWhatItLeavesMissing() {
        for (String[] line : new String[][] {{"snapshot", "--brnch=x", "docs"}, {"snapshot", "--brnch=x"}}) {
            TestUser.Ending ending = user.run(line);
            assertThat(ending.exitCode()).isEqualTo(2);
            assertThat(ending.err()).contains("there is no option '--brnch'", "Did you mean", "--branch");
        }
    }

    @Test
    void path_thatBeginsWithAHyphen_isToldTheWay() {
        TestUser.Ending ending = user.run("snapshot", "-dash");
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("there is no option '-dash'", "write --");
    }

    @Test
    void argument_oneTooMany_isNamed() {
        TestUser.Ending ending = user.run("ls", "main", "other");
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("'other' is more than 'cairn ls' takes", "SNAPSHOT:other");
        assertThat(user.run("snapshots", "main").err()).contains("is more than").doesNotContain("SNAPSHOT:");
    }

    @Test
    void everyCommand_showsAnExampleThatStartsWithItsName() {
        CommandTree.leaves(CommandTree.of(new Places(Map.of()))).forEach((name, command) -> {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                assertThat(command.getUsageMessage())
                        .as("cairn " + name + " --help")
                        .contains("Examples:")
                        .contains("cairn " + name);
            }
        });
    }

    @Test
    void commandOfAnotherTool_isAnsweredWithTheOneOfThatPurpose() {
        Map<String, String> meant = Map.of(
                "backup", "cairn snapshot",
                "create", "cairn snapshot",
                "check", "cairn verify",
                "prune", "cairn gc",
                "mount", "cairn restore",
                "list", "cairn snapshots",
                "unlock", "--lock-wait",
                "watch", "a timer",
                "cache", "no cache",
                "extract", "cairn restore");
        meant.forEach((theirs, ours) -> {
            TestUser.Ending ending = user.run(theirs, "~/documents");
            assertThat(ending.exitCode()).isEqualTo(2);
            assertThat(ending.err()).contains("there is no command 'cairn " + theirs + "'", ours);
        });
    }

    @Test
    void optionOfAnotherTool_isAnsweredWithWhatDoesTheSame() {
        Map<String, String> meant = Map.of(
                "forget --keep-last 3 --prune", "cairn gc",
                "verify --read-data", "cairn verify --data",
                "verify --read-data-subset=5%", "cairn scrub --sample",
                "snapshot ~/documents --parent abc", "branch",
                "restore main --target d --include '*.txt'", "main:PATH",
                "snapshots --latest 1", "--branch",
                "snapshots --no-lock", "--lock-wait",
                "snapshot -az docs", "always kept");
        meant.forEach((theirs, ours) -> {
            TestUser.Ending ending = user.run(theirs.split(" "));
            assertThat(ending.exitCode()).as(theirs).isEqualTo(2);
            assertThat(ending.err()).as(theirs).contains("there is no option '-", ours, "--help");
        });
    }

    /** What is there is answered by itself. */
    @Test
    void optionsOfOtherTools_areOfCommandsThatThereAreAndNotTheirOwn() {
        CommandLine cairn = CommandTree.of(new Places(Map.of()));
        Map<String, CommandLine> commands = new HashMap<>(CommandTree.leaves(cairn));
        // Groups take their part in it: 'tag --add' is of one.
        cairn.getSubcommands().forEach(commands::putIfAbsent);
        ForeignOption.names().forEach(name -> {
            String option = name.substring(name.lastIndexOf(' ') + 1);
            String command = name.substring(0, Math.max(0, name.lastIndexOf(' ')));
            if (!command.isEmpty()) {
                CommandLine own = requireNonNull(commands.get(command), name);
                assertThat(own.getCommandSpec().optionsMap()).as(name).doesNotContainKey(option);
            }
        });
        assertThat(ForeignOption.names()).hasSizeGreaterThan(50);
    }

    @Test
    void subcommand_misspelt_isToldWithTheOneMeant() {
        for (String[] line :
                new String[][] {{"branch", "crate"}, {"key", "rotat"}, {"device", "enroll"}, {"rdiff", "path"}}) {
            TestUser.Ending ending = user.run(line);
            assertThat(ending.exitCode()).isEqualTo(2);
            assertThat(ending.err()).as(String.join(" ", line)).contains("Did you mean");
        }
    }

    @Test
    void topics_areShownAndNamedWhereNoneIsMeant() {
        for (HelpTopic topic : HelpTopic.values()) {
            assertThat(user.ok("help", topic.word()).out()).isEqualTo(topic.text() + System.lineSeparator());
            assertThat(topic.text().lines()).as(topic.word()).allMatch(line -> line.length() <= 132);
        }
        for (ExitCode code : ExitCode.values()) {
            assertThat(HelpTopic.EXIT_CODES.text()).contains(code.word(), String.valueOf(code.number()));
        }
        assertThat(HelpTopic.EXIT_CODES.text()).contains("SIGTERM", "143", "129");
        assertThat(user.run("help", "exitcodes").err()).contains("exit-codes", "snapshot-names");
    }

    @Test
    void subcommandsOfOtherTools_areOfGroupsThatThereAreAndNotTheirOwn() {
        for (String name : ForeignCommand.names()) {
            String group = name.contains(" ") ? name.substring(0, name.indexOf(' ')) : "";
            CommandLine own = CommandTree.of(new Places(Map.of()));
            own = group.isEmpty() ? own : requireNonNull(own.getSubcommands().get(group), name);
            assertThat(own.getSubcommands()).as(name).doesNotContainKey(name.substring(name.indexOf(' ') + 1));
        }
        assertThat(user.run("key", "passwd").err()).contains("key add --new-password", "key remove SLOT");
        assertThat(user.run("branch", "rm", "x").err()).contains("'cairn branch delete NAME'");
        assertThat(user.run("tag", "main", "x").err()).contains("There are: add, remove.");
        assertThat(user.run("tag", "--add", "x", "main").err()).contains("'cairn tag add SNAPSHOT TAG'");
    }

    @Test
    void help_asJson_isADocument() {
        JsonNode snapshot = user.json("help", "snapshot");
        assertThat(snapshot.path("topic").asText()).isEqualTo("snapshot");
        assertThat(snapshot.path("text").asText()).startsWith("Usage: cairn snapshot");
        assertThat(user.json("help").path("text").asText()).contains("Commands:");
        assertThat(user.json("help", "patterns").path("text").asText()).isEqualTo(HelpTopic.PATTERNS.text());
        assertThat(user.ok("help", "snapshot").out())
                .isEqualTo(user.ok("snapshot", "--help").out());
    }

    /** A line to copy that was cut in two reads as two commands. */
    @Test
    void examples_areNoWiderThanATerminal() {
        CommandLine cairn = CommandTree.of(new Places(Map.of()));
        Stream.of(
                        Stream.of(cairn),
                        cairn.getSubcommands().values().stream(),
                        CommandTree.leaves(cairn).values().stream())
                .flatMap(commands -> commands)
                .flatMap(command ->
                        Stream.of(command.getCommandSpec().usageMessage().footer()))
                .filter(line -> line.startsWith("  "))
                .forEach(line -> assertThat(line.replace("%%", "%")).hasSizeLessThanOrEqualTo(80));
    }
}
