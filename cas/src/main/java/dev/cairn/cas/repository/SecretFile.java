package dev.cairn.cas.repository;

import dev.cairn.cas.WrongKeyException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Small files that hold a secret: reading them, and saying what is wrong with them. */
final class SecretFile {

    private SecretFile() {}

    /**
     * The whole file.
     *
     * @param title what the file is, within a sentence
     * @throws WrongKeyException if it is not there, too large or not readable
     */
    static byte[] read(Path file, String title, int bytesMax) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw unusable(title, file, "has more than " + bytesMax + " bytes", null);
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw unusable(title, file, "is not there", e);
        } catch (AccessDeniedException e) {
            throw unusable(title, file, "may not be read by this user", e);
        } catch (IOException e) {
            throw unusable(title, file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    static WrongKeyException unusable(String title, Path file, String what, @Nullable Throwable cause) {
        return new WrongKeyException(
                "the %s %s %s".formatted(title, file, what),
                "Name the right file, or open the repository with its password or recovery code.",
                cause);
    }
}
