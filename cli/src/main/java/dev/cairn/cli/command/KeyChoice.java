package dev.cairn.cli.command;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cli.console.Terminal;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.PathText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses where the secret that opens a repository comes from: what the command line says, else the environment, else the key
 * file of the repository, else a prompt. What was given is used and nothing else.
 */
public final class KeyChoice {

    private static final String ASK = "-";
    private static final int PASSWORD_BYTES_MAX = 64 << 10;

    private final GlobalOptions global;
    private final Places places;
    private final Map<RepositoryId, KeySource> typed = new HashMap<>();
    private @Nullable Path takenUnasked;
    private boolean isAsked;
    private @Nullable KeySource given;

    KeyChoice(GlobalOptions global, Places places) {
        this.global = global;
        this.places = places;
    }

    /** Whether to read the source that was named may put a question to a person: a command may, on its own terminal. */
    public boolean mayAsk() {
        return global.passwordCommand().isPresent()
                || global.recoveryCodeFile().filter(ASK::equals).isPresent();
    }

    /** The source that was named, if any was. Asked for once: a command is run once, and a person answers once. */
    public Optional<KeySource> given() {
        if (!isAsked) {
            given = named().orElse(null);
            isAsked = true;
        }
        return Optional.ofNullable(given);
    }

    /**
     * Requires that there may be a key for some repository of which the id is not known yet: reads the one that was named, else looks whether
     * there is any key file, or somebody to ask.
     *
     * @throws WrongKeyException if there is none, or it is no key
     */
    public void requireAny() throws IOException {
        Optional<KeySource> named = given();
        if (named.isPresent()) {
            Objects.requireNonNull(named.get().secret());
        } else if (!Terminal.isInteractive() && !isAnyKept()) {
            throw new WrongKeyException(
                    "no key is given, and there is no key file in " + places.keyFolder(),
                    "Give --key-file, --password-file, --password-command or --recovery-code-file.",
                    null);
        }
    }

    private boolean isAnyKept() throws IOException {
        try (Stream<Path> files = Files.list(places.keyFolder())) {
            return files.anyMatch(file -> file.toString().endsWith(".key"));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private Optional<KeySource> named() {
        List<KeySource> options = new ArrayList<>();
        global.keyFile().ifPresent(file -> options.add(new KeySource.KeyFilePath(PathText.path(file))));
        global.passwordFile().ifPresent(file -> options.add(new KeySource.PasswordFile(PathText.path(file))));
        global.passwordCommand().ifPresent(command -> options.add(ofCommand(command)));
        global.recoveryCodeFile().ifPresent(file -> options.add(recoveryCode(file)));
        if (options.size() > 1) {
            throw CommandFailure.usage("more than one key source is given", "Give one of them.");
        }
        if (!options.isEmpty()) {
            return Optional.of(options.getFirst());
        }
        return fromEnvironment();
    }

    /** The password that was named for a new repository; null where none was, and a key file is to be made. */
    public char @Nullable [] newPassword() {
        return switch (given().orElse(null)) {
            case null -> null;
            case KeySource.PasswordText text -> {
                // Says so where it is empty.
                Objects.requireNonNull(text.secret());
                yield text.password();
            }
            case KeySource.PasswordFile file -> file.password();
            case KeySource.KeyFilePath _, KeySource.RecoveryText _ ->
                throw CommandFailure.usage(
                        "there is no repository yet that this key opens",
                        "Leave the key file away: a new repository makes one of its own.");
        };
    }

    private Optional<KeySource> fromEnvironment() {
        // Set and empty is given and empty: an error, not a reason to look elsewhere.
        String keyFile = places.environment().get("CAIRN_KEY_FILE");
        if (keyFile != null) {
            return Optional.of(new KeySource.KeyFilePath(named(keyFile, "CAIRN_KEY_FILE")));
        }
        String passwordFile = places.environment().get("CAIRN_PASSWORD_FILE");
        if (passwordFile != null) {
            return Optional.of(new KeySource.PasswordFile(named(passwordFile, "CAIRN_PASSWORD_FILE")));
        }
        String password = places.environment().get("CAIRN_PASSWORD");
        return password == null
                ? Optional.empty()
                : Optional.of(new KeySource.PasswordText(password.toCharArray(), "CAIRN_PASSWORD"));
    }

    /** A code from the first line of a file, or typed: on a command line it could be seen by every user of the machine. */
    private static KeySource recoveryCode(String file) {
        if (file.equals(ASK)) {
            return new KeySource.RecoveryText(new String(Terminal.askSecret("Recovery code: ")
                    .orElseThrow(() -> new WrongKeyException(
                            "a recovery code is wanted and there is no terminal to ask at",
                            "Give the file that it stands in.",
                            null))));
        }
        return KeySource.RecoveryText.ofFile(PathText.path(file));
    }

    private static Path named(String file, String variable) {
        if (file.isEmpty()) {
            throw new WrongKeyException(variable + " is empty", "Set it to a file, or unset it.", null);
        }
        return Path.of(file);
    }

    /** The source for the repository of that id. */
    public KeySource source(RepositoryId id) {
        Optional<KeySource> given = given();
        if (given.isPresent()) {
            return given.get();
        }
        Path keyFile = places.keyFile(id);
        // Where it may not be looked for it may well be, and reading it tells why it cannot be had.
        if (!Files.notExists(keyFile)) {
            takenUnasked = keyFile;
            return new KeySource.KeyFilePath(keyFile);
        }
        return typed.computeIfAbsent(id, this::ask);
    }

    /** The key file that was used because nothing else was named, if any was. */
    Optional<Path> fileTakenUnasked() {
        return Optional.ofNullable(takenUnasked);
    }

    private KeySource ask(RepositoryId id) {
        return new KeySource.PasswordText(
                Terminal.askSecret("Password of repository " + id.toString().substring(0, 12) + ": ")
                        .orElseThrow(() -> new WrongKeyException(
                                "no key for repository " + id + ": there is no key file at " + places.keyFile(id),
                                "Give --key-file, --password-file, --password-command or --recovery-code-file.",
                                null)),
                "the prompt");
    }

    public static KeySource.PasswordText ofCommand(String command) {
        try {
            Process process = new ProcessBuilder("/bin/sh", "-c", command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            byte[] output;
            try (InputStream in = process.getInputStream()) {
                output = in.readNBytes(PASSWORD_BYTES_MAX);
            }
            int status = process.waitFor();
            if (status != 0) {
                throw new WrongKeyException(
                        "the password command failed with status " + status,
                        "Try it by hand: it must print a password.",
                        null);
            }
            return new KeySource.PasswordText(firstLine(output), "the password command");
        } catch (IOException e) {
            throw new WrongKeyException("the password command cannot be run: " + e.getMessage(), "", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WrongKeyException("interrupted while the password command ran", "", e);
        }
    }

    private static char[] firstLine(byte[] output) {
        int end = 0;
        while (end < output.length && output[end] != '\n' && output[end] != '\r') {
            end++;
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(output, 0, end));
            char[] password = new char[text.remaining()];
            text.get(password);
            return password;
        } catch (CharacterCodingException e) {
            throw new WrongKeyException("the password command printed what is not UTF-8 text", "", e);
        } finally {
            Arrays.fill(output, (byte) 0);
        }
    }
}
