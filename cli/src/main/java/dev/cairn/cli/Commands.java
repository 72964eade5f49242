package dev.cairn.cli;

import dev.cairn.cli.capture.ExportCommand;
import dev.cairn.cli.capture.ImportCommand;
import dev.cairn.cli.capture.RestoreCommand;
import dev.cairn.cli.capture.SnapshotCommand;
import dev.cairn.cli.care.DrillCommand;
import dev.cairn.cli.care.RepairCommand;
import dev.cairn.cli.care.ScrubCommand;
import dev.cairn.cli.care.VerifyCommand;
import dev.cairn.cli.completion.CompleteCommand;
import dev.cairn.cli.completion.CompletionCommand;
import dev.cairn.cli.doctor.DoctorCommand;
import dev.cairn.cli.key.InitCommand;
import dev.cairn.cli.key.KeyCommand;
import dev.cairn.cli.key.RosterCommand;
import dev.cairn.cli.look.CatCommand;
import dev.cairn.cli.look.DiffCommand;
import dev.cairn.cli.look.FindCommand;
import dev.cairn.cli.look.LsCommand;
import dev.cairn.cli.look.SnapshotsCommand;
import dev.cairn.cli.look.StatsCommand;
import dev.cairn.cli.manual.ManualCommand;
import dev.cairn.cli.profile.ProfileCommand;
import dev.cairn.cli.rdiff.RdiffCommand;
import dev.cairn.cli.remote.CloneCommand;
import dev.cairn.cli.remote.PullCommand;
import dev.cairn.cli.remote.PushCommand;
import dev.cairn.cli.remote.RemoteCommand;
import dev.cairn.cli.retention.BranchCommand;
import dev.cairn.cli.retention.ForgetCommand;
import dev.cairn.cli.retention.GcCommand;
import dev.cairn.cli.retention.PinCommand;
import dev.cairn.cli.retention.TagCommand;
import dev.cairn.cli.serve.DeviceCommand;
import dev.cairn.cli.serve.LogCommand;
import dev.cairn.cli.serve.ServeCommand;
import dev.cairn.cli.serve.TenantCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/**
 * The commands below the root, in the order of its help. Reading the annotations of one costs a fresh JVM some 10 ms, of all of them
 * as much as all else that a short command does: so a command line is given those that it may mean, and no other.
 */
final class Commands {

    private static final String HELP = "help";
    private static final String COMPLETION = "completion";
    private static final String MANUAL = "manual";
    private static final String PROFILE = "profile";

    /** Those that tell of all others, or whose file names some. */
    private static final Set<String> OF_ALL = Set.of(HELP, COMPLETION, MANUAL, PROFILE);

    private static final Map<String, Class<?>> BY_NAME = byName();

    private Commands() {}

    private static Map<String, Class<?>> byName() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("init", InitCommand.class);
        commands.put("snapshot", SnapshotCommand.class);
        commands.put("snapshots", SnapshotsCommand.class);
        commands.put("ls", LsCommand.class);
        commands.put("cat", CatCommand.class);
        commands.put("diff", DiffCommand.class);
        commands.put("find", FindCommand.class);
        commands.put("stats", StatsCommand.class);
        commands.put("restore", RestoreCommand.class);
        commands.put("forget", ForgetCommand.class);
        commands.put("pin", PinCommand.class);
        commands.put("tag", TagCommand.class);
        commands.put("branch", BranchCommand.class);
        commands.put("export", ExportCommand.class);
        commands.put("import", ImportCommand.class);
        commands.put("verify", VerifyCommand.class);
        commands.put("scrub", ScrubCommand.class);
        commands.put("repair", RepairCommand.class);
        commands.put("drill", DrillCommand.class);
        commands.put("gc", GcCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("key", KeyCommand.class);
        commands.put("roster", RosterCommand.class);
        commands.put("remote", RemoteCommand.class);
        commands.put("push", PushCommand.class);
        commands.put("pull", PullCommand.class);
        commands.put("clone", CloneCommand.class);
        commands.put("serve", ServeCommand.class);
        commands.put("device", DeviceCommand.class);
        commands.put("tenant", TenantCommand.class);
        commands.put("log", LogCommand.class);
        commands.put("rdiff", RdiffCommand.class);
        commands.put(PROFILE, ProfileCommand.class);
        commands.put(HELP, HelpCommand.class);
        commands.put(COMPLETION, CompletionCommand.class);
        commands.put("complete", CompleteCommand.class);
        commands.put(MANUAL, ManualCommand.class);
        commands.put("rehearse", RehearseCommand.class);
        commands.put("version", VersionCommand.class);
        return commands;
    }

    /** Whether any has its name among the arguments: then the command that is meant is one of
     * these. Not so where one may be meant that tells of all, or that names them. */
    static boolean someNamed(List<String> arguments) {
        return arguments.stream().noneMatch(OF_ALL::contains)
                && BY_NAME.keySet().stream().anyMatch(arguments::contains);
    }

    /** All names. */
    static Set<String> names() {
        return BY_NAME.keySet();
    }

    /** Adds those whose name is among the arguments. */
    static void addNamed(CommandLine root, List<String> arguments) {
        BY_NAME.forEach((name, command) -> {
            if (arguments.contains(name)) {
                root.addSubcommand(name, command);
            }
        });
    }

    /** Adds them all. */
    static void addAll(CommandLine root) {
        BY_NAME.forEach(root::addSubcommand);
    }
}
