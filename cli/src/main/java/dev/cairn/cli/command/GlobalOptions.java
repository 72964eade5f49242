package dev.cairn.cli.command;

import dev.cairn.cli.text.DurationText;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that stand before or after any command. One instance for the whole command line. */
public final class GlobalOptions {

    @Option(
            names = {"-r", "--repo"},
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The repository; else $CAIRN_REPO, else the default one.")
    private @Nullable String repository;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Key file; else $CAIRN_KEY_FILE, else the one made with the repository.")
    private @Nullable String keyFile;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "File whose first line is the password; else $CAIRN_PASSWORD_FILE or $CAIRN_PASSWORD.")
    private @Nullable String passwordFile;

    @Option(
            names = "--password-command",
            paramLabel = "CMD",
            scope = ScopeType.INHERIT,
            description = "Command whose first line of output is the password.")
    private @Nullable String passwordCommand;

    @Option(
            names = "--recovery-code-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "File whose first line is the recovery code; '-' asks for it.")
    private @Nullable String recoveryCodeFile;

    @Option(
            names = "--lock-wait",
            paramLabel = "D",
            scope = ScopeType.INHERIT,
            defaultValue = "60s",
            description =
                    "How long to wait for another process that writes, such as 30s or 5m. Default: ${DEFAULT-VALUE}.")
    private String lockWait = "60s";

    @Option(
            names = {"-P", "--profile"},
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "Take what the command line leaves out from this profile: see 'cairn profile'.")
    private @Nullable String profile;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The file of profiles; else $CAIRN_CONFIG, else ~/.config/cairn/config.toml. With 'serve',"
                    + " 'device', 'tenant' and 'log' the server's file.")
    private @Nullable String configuration;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "One JSON document on standard output.")
    private boolean json;

    @Option(
            names = "--progress-json",
            paramLabel = "FD",
            scope = ScopeType.INHERIT,
            description = "Tell progress to file descriptor FD as well, a JSON document a line.")
    private @Nullable Integer progressJson;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Say nothing but what was asked for, and what went wrong.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Name every file.")
    private boolean verbose;

    public boolean json() {
        return json;
    }

    public boolean quiet() {
        return quiet;
    }

    public boolean verbose() {
        return verbose;
    }

    /** The file descriptor that progress is told to; null if none is given. */
    public @Nullable Integer progressJson() {
        return progressJson;
    }

    /** The profile that was named. */
    public Optional<String> profile() {
        return Optional.ofNullable(profile);
    }

    /** The file of configuration that was named. */
    public Optional<String> configuration() {
        return Optional.ofNullable(configuration);
    }

    Optional<String> repository() {
        return Optional.ofNullable(repository);
    }

    Optional<String> keyFile() {
        return Optional.ofNullable(keyFile);
    }

    Optional<String> passwordFile() {
        return Optional.ofNullable(passwordFile);
    }

    Optional<String> passwordCommand() {
        return Optional.ofNullable(passwordCommand);
    }

    Optional<String> recoveryCodeFile() {
        return Optional.ofNullable(recoveryCodeFile);
    }

    long lockWaitMillis() {
        return DurationText.parse("--lock-wait", lockWait).toMillis();
    }
}
