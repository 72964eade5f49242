package dev.cairn.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder with all that is below it, to be copied and removed. */
record FileTree(Path top) {

    /** Copies it, with times and permissions, over what is there; the folder around {@code target} is made. */
    void copyTo(Path target) throws IOException {
        Files.createDirectories(target.resolve("..").normalize());
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.toList()) {
                Files.copy(
                        path,
                        target.resolve(top.relativize(path).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Removes it; fails if there is none. */
    void delete() throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    void deleteIfExists() throws IOException {
        if (Files.exists(top)) {
            delete();
        }
    }
}
