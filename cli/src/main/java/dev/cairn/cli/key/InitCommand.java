package dev.cairn.cli.key;

import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.Compression;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryAccess;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.RecoveryNotice;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cairn init}: a new repository. */
@Command(
        name = "init",
        description = "Make a new repository and print its recovery code.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn init",
            "  cairn init -r /mnt/disk/backup --password",
            "Next: 'cairn snapshot DIR' captures a folder. Without init the first snapshot makes the default"
                    + " repository."
        })
public final class InitCommand extends RepositoryCommand {

    @Option(
            names = "--password",
            description = "Protect it by a password, asked for twice or taken from the key options, not by a key file.")
    private boolean password;

    @Option(names = "--chunks", paramLabel = "MIN/AVG/MAX", description = "Sizes of chunks in KiB. Default: 16/64/256.")
    private @Nullable String chunks;

    @Option(names = "--compression", paramLabel = "zstd[:N]|lz4|none", description = "Default: zstd:3.")
    private @Nullable String compression;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() throws IOException {
        if (dryRun.isWanted()) {
            return rehearse();
        }
        try (Repository _ = announce(create())) {
            return ExitCode.DONE;
        }
    }

    private ExitCode rehearse() throws IOException {
        profile();
        compression();
        Path folder = access().folder();
        boolean isThere = Files.exists(folder);
        if (isThere && !isEmptyFolder(folder)) {
            throw new CommandFailure(
                    ExitCode.FAILED, "there is something already: " + folder, "Give -r a folder that is empty or new.");
        }
        boolean isPassword = password || access().keys().given().isPresent();
        console()
                .result(
                        () -> dryRun.mark(Console.object()
                                .put("repo", folder.toString())
                                .put("password", isPassword)
                                .put("seconds", seconds())),
                        () -> "Would make a repository at %s, opened by %s."
                                .formatted(folder, isPassword ? "a password" : "a key file"));
        return ExitCode.DONE;
    }

    private static boolean isEmptyFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private ChunkProfile profile() {
        return parsed("--chunks", chunks, ChunkProfile::parse, ChunkProfile.DEFAULT);
    }

    private Compression compression() {
        return parsed("--compression", compression, Compression::parse, Compression.DEFAULT);
    }

    private Repository.Created create() {
        ChunkProfile profile = profile();
        Compression chosen = compression();
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
                .done(
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
