package dev.cairn.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.capture.ImportCommand;
import dev.cairn.cli.capture.SnapshotCommand;
import dev.cairn.cli.command.GlobalOptions;
import dev.cairn.cli.key.InitCommand;
import dev.cairn.cli.remote.CloneCommand;
import dev.cairn.cli.remote.PullCommand;
import dev.cairn.cli.remote.PushCommand;
import dev.cairn.cli.retention.ForgetCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The table of keys against the commands, and against the document that lists it. */
class ProfileKeyTest {

    private static final Map<String, Class<?>> COMMANDS = Map.of(
            "snapshot", SnapshotCommand.class,
            "import", ImportCommand.class,
            "forget", ForgetCommand.class,
            "init", InitCommand.class,
            "push", PushCommand.class,
            "pull", PullCommand.class,
            "clone", CloneCommand.class);

    @Test
    void everyKey_isAnOptionOfEachOfItsCommands_ofItsKind() {
        for (ProfileKey key : ProfileKey.values()) {
            if (!key.isOption() || key == ProfileKey.PATHS) {
                continue;
            }
            if (key.commands().isEmpty()) {
                assertFits(key, CommandSpec.forAnnotatedObject(new GlobalOptions()));
            }
            for (String command : key.commands()) {
                assertFits(key, new CommandLine(COMMANDS.get(command)).getCommandSpec());
            }
        }
    }

    private static void assertFits(ProfileKey key, CommandSpec spec) {
        OptionSpec option = spec.findOption(key.option());
        assertThat(option).as(key + " in " + spec.name()).isNotNull();
        assertThat(option.longestName()).isEqualTo(key.option());
        assertThat(option.isMultiValue())
                .as(key.toString())
                .isEqualTo(key.kind() == ProfileKey.Kind.TEXTS || key.kind() == ProfileKey.Kind.PATHS);
        assertThat(option.type() == boolean.class).as(key.toString()).isEqualTo(key.kind() == ProfileKey.Kind.FLAG);
    }

    @Test
    void everyKey_standsInTheDocument() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "profiles.md"));
        ProfileKey.allNames().forEach(name -> assertThat(page).contains("`" + name + "`"));
    }
}
