package dev.cairn.cli.doctor;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cli.command.CairnCommand;
import dev.cairn.cli.command.RepositoryAccess;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.profile.Profile;
import dev.cairn.cli.profile.Profiles;
import dev.cairn.cli.remote.Remotes;
import dev.cairn.cli.text.PathText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/**
 * Whether the file of profiles says what profiles can say, and what each profile names is there: its repository, the remotes it pushes to,
 * its sources, and the files it reads. What stands in tables for single commands is looked at by {@code cairn profile show}.
 */
final class ProfileCheck {

    private static final String CHECK = "profile";

    private final Findings findings;
    private final CairnCommand cairn;
    private final String home;

    ProfileCheck(Findings findings, CairnCommand cairn) {
        this.findings = findings;
        this.cairn = cairn;
        this.home = cairn.places().home().toString();
    }

    void run() {
        Path file = cairn.profilesFile();
        boolean isNamed = cairn.global().configuration().isPresent()
                || cairn.places().environment().containsKey("CAIRN_CONFIG");
        if (!isNamed && Files.notExists(file)) {
            findings.ok("profiles", "there are none: no file " + file);
            return;
        }
        try {
            Profiles profiles = Profiles.read(file, cairn.commands());
            findings.ok("profiles", "%s: %s".formatted(file, String.join(", ", profiles.names())));
            profiles.names().forEach(name -> profile(profiles.require(name)));
        } catch (CommandFailure | IOException e) {
            Problem problem = Failures.problem(e);
            findings.problem("profiles", problem.message(), problem.hint());
        }
    }

    private void profile(Profile profile) {
        int before = findings.all().size();
        Path folder = profile.repository(home)
                .map(PathText::path)
                .orElseGet(() -> RepositoryAccess.of(cairn).folder());
        repository(profile, folder);
        profile.paths(home).forEach(path -> {
            if (!Files.exists(PathText.path(path))) {
                findings.warning(
                        CHECK,
                        "'%s' captures %s, which is not there".formatted(profile.name(), path),
                        "Is its file system mounted? Else correct 'paths'.");
            }
        });
        for (Map.Entry<String, ? extends Collection<String>> files :
                profile.files(home).entrySet()) {
            for (String path : files.getValue()) {
                if (!Files.isReadable(PathText.path(path))) {
                    findings.problem(
                            CHECK,
                            "'%s' names %s as '%s', which cannot be read"
                                    .formatted(profile.name(), path, files.getKey()),
                            "Put it there, or correct '" + files.getKey() + "'.");
                }
            }
        }
        if (findings.all().size() == before) {
            findings.ok(
                    CHECK,
                    "'%s': its repository at %s, and what it names, are there".formatted(profile.name(), folder));
        }
    }

    private void repository(Profile profile, Path folder) {
        LmdbObjectStore.Options options = LmdbObjectStore.Options.DEFAULT
                .withReadOnly(true)
                .withNetworkFileSystem(true)
                .withLockWait(RepositoryAccess.of(cairn).openOptions().lockWait());
        try (LmdbObjectStore _ = LmdbObjectStore.open(folder, options)) {
            Collection<String> remotes = Remotes.read(folder).all().keySet();
            profile.pushTo().stream()
                    .filter(remote -> !remotes.contains(remote))
                    .forEach(remote -> findings.problem(
                            CHECK,
                            "'%s' pushes to '%s', and its repository has no such remote"
                                    .formatted(profile.name(), remote),
                            "Run: cairn -P %s remote add %s URL".formatted(profile.name(), remote)));
        } catch (NoRepositoryException e) {
            findings.problem(
                    CHECK,
                    "'%s' has no repository yet: %s".formatted(profile.name(), e.getMessage()),
                    "Run: cairn -P %s init".formatted(profile.name()));
        } catch (CorruptDataException e) {
            findings.damage(
                    CHECK,
                    "the repository of '%s' is damaged: %s: %s".formatted(profile.name(), e.where(), e.reason()),
                    "Run: cairn -P %s repair".formatted(profile.name()));
        } catch (StoreException | IOException e) {
            Problem problem = Failures.problem(e);
            findings.problem(CHECK, "'%s': %s".formatted(profile.name(), problem.message()), problem.hint());
        }
    }
}
