package dev.cairn.cli.doctor;

import dev.cairn.cas.StoreException;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.text.CountText;
import dev.cairn.replicator.DeviceKeyFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** This user's secrets: key files of repositories, and the device's key. Whether others of the machine may read them. */
final class KeyFileCheck {

    private final Findings findings;
    private final Places places;

    KeyFileCheck(Findings findings, Places places) {
        this.findings = findings;
        this.places = places;
    }

    void run() {
        keyFiles();
        deviceKey();
    }

    private void keyFiles() {
        Path folder = places.keyFolder();
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> keys = Files.newDirectoryStream(folder, "*.key")) {
            keys.forEach(files::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            findings.ok("key-files", "no key files yet");
            return;
        } catch (IOException e) {
            findings.problem(
                    "key-files",
                    "they cannot be looked at: " + Failures.problem(e).message(),
                    "Give this user the folder back: chown and chmod 700 " + folder);
            return;
        }
        boolean isSound = true;
        for (Path file : files) {
            isSound &= isOwn("key-files", file);
        }
        if (isSound) {
            findings.ok(
                    "key-files",
                    "%s in %s, for this user alone".formatted(CountText.of(files.size(), "key file"), folder));
        }
    }

    private void deviceKey() {
        Path file = places.deviceKey();
        try {
            if (DeviceKeyFile.read(file).isEmpty()) {
                findings.ok("device-key", "no device key yet: the first use of a remote makes it");
            } else if (isOwn("device-key", file)) {
                findings.ok("device-key", file + ", for this user alone");
            }
        } catch (IOException | StoreException e) {
            findings.problem(
                    "device-key",
                    "it cannot be used: " + Failures.problem(e).message(),
                    "Restore " + file + ", or remove it and enrol this device anew.");
        }
    }

    /** Whether a secret is its owner's alone; tells if not. */
    private boolean isOwn(String check, Path file) {
        try {
            Set<PosixFilePermission> given = Files.getPosixFilePermissions(file);
            boolean isOpen = given.stream().anyMatch(one -> !one.name().startsWith("OWNER_"));
            if (isOpen) {
                findings.problem(
                        check,
                        "others of this machine may use %s (%s)".formatted(file, PosixFilePermissions.toString(given)),
                        "Run: chmod 600 " + file + "; whoever read it can read the repository.");
            } else if (!Files.isReadable(file)) {
                findings.problem(check, "this user may not read " + file, "Run: chmod 600 " + file);
                return false;
            }
            return !isOpen;
        } catch (IOException | UnsupportedOperationException e) {
            findings.warning(check, "its permissions cannot be found out: " + file, "Look at them by hand.");
            return false;
        }
    }
}
