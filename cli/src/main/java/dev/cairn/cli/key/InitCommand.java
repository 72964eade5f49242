package dev.cairn.cli.key;

import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.Compression;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.cli.command.RepositoryAccess;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.RecoveryNotice;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn init}: a new repository. */
@Command(name = "init", description = "Make a new repository and print its recovery code.")
public final class InitCommand extends RepositoryCommand {

    @Option(
            names = "--password",
            description = "Protect it by a password, asked for twice or taken from the key options, not by a key file.")
    private boolean password;

    @Option(names = "--chunks", paramLabel = "MIN/AVG/MAX", description = "Sizes of chunks in KiB. Default: 16/64/256.")
    private @Nullable String chunks;

    @Option(names = "--compression", paramLabel = "zstd[:N]|lz4|none", description = "Default: zstd:3.")
    private @Nullable String compression;

    @Override
    protected ExitCode run() {
        try (Repository _ = announce(create())) {
            return ExitCode.DONE;
        }
    }

    private Repository.Created create() {
        ChunkProfile profile = parsed("--chunks", chunks, ChunkProfile::parse, ChunkProfile.DEFAULT);
        Compression chosen = parsed("--compression", compression, Compression::parse, Compression.DEFAULT);
        RepositoryAccess access = access();
        char[] secret = password();
        CreateOptions options = secret == null
                ? CreateOptions.withKeyFile(access.places()::keyFile)
                : CreateOptions.withPassword(secret);
        return access.create(options.withChunks(profile).withCompression(chosen));
    }

    private Repository announce(Repository.Created created) {
        Repository repository = created.repository();
        console()
                .result(
                        () -> Console.object()
                                .put("repository", repository.id().toString())
                                .put("repo", repository.folder().toString())
                                .put("recoveryCode", created.recoveryCode())
                                .put("seconds", seconds()),
                        () -> "Made repository " + repository.id() + "\n  at " + repository.folder());
        RecoveryNotice.print(console(), created);
        console().message("Next: cairn snapshot DIR" + repositoryOption(repository));
        return repository;
    }

    private String repositoryOption(Repository repository) {
        return access().named().isPresent() ? " -r " + repository.folder() : "";
    }

    private char @Nullable [] password() {
        char[] named = access().keys().newPassword();
        if (named != null) {
            return named;
        }
        if (!password) {
            return null;
        }
        return NewPassword.asked();
    }

    private static <T> T parsed(String option, @Nullable String text, Function<String, T> parser, T standard) {
        try {
            return text == null ? standard : parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(option + ": " + e.getMessage(), "See 'cairn init --help'.");
        }
    }
}
