package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cas.repository.OpenOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clone into a folder in which another was cut off. */
class CloneBegunTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Path keyFile() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("home"))) {
            return files.filter(file -> file.toString().matches(".*/keys/[^/]*\\.key"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void clone_cutOffBetweenTheReplicaAndItsRemote_goesOn() throws Exception {
        TestUser user = new TestUser(folder.resolve("home"));
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("f"), "text");
        user.ok("snapshot", data.toString());
        try (LocalServer server = new LocalServer(folder.resolve("served"))) {
            user.addRemote("origin", server.url("r"), server.enrolmentCode());
            user.ok("push");
            KeySource key = new KeySource.KeyFilePath(keyFile());
            Path copy = folder.resolve("copy");
            try (ObjectStore store = Repository.openStore(user.defaultRepository(), OpenOptions.DEFAULT)) {
                byte[] configuration = store.configuration().orElseThrow().bytes();
                Repository.adopt(copy, configuration, "a test", _ -> key, OpenOptions.DEFAULT)
                        .close();
            }

            user.ok("clone", server.url("r"), copy.toString());

            assertThat(user.ok("-r", copy.toString(), "cat", "main:f").out()).isEqualTo("text");
            user.ok("-r", copy.toString(), "pull");
            assertThat(user.run("clone", server.url("other"), copy.toString()).exitCode())
                    .as("what has something else in it stays")
                    .isNotZero();
            assertThat(user.json("snapshots")).hasSize(1);
        }
    }
}
