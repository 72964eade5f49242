package dev.cairn.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server on a socket that was opened by whoever started it, as systemd does with {@code StandardInput=socket}. */
@Execution(ExecutionMode.CONCURRENT)
class InheritedPortTest {

    /** Listens, and becomes the command behind it with the socket as standard input. */
    private static final String LISTENING = """
        import os, socket, sys
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        s.listen()
        os.dup2(s.fileno(), 0)
        os.execv(sys.argv[1], sys.argv[1:])
        """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private ProcessBuilder server(String... options) {
        List<String> words = new ArrayList<>(
                List.of("serve", "--data", folder.resolve("server").toString(), "--listen", "inherited", "--json"));
        words.addAll(List.of(options));
        return ChildProcess.prepare(Map.of("HOME", "/nonexistent"), words.toArray(String[]::new))
                .redirectError(folder.resolve("log").toFile());
    }

    @Test
    void serve_socketAsStandardInput_takesItsConnectionsAndStops() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "/usr/bin/python3 opens the socket");
        ProcessBuilder prepared = server();
        prepared.command().addAll(0, List.of("/usr/bin/python3", "-c", LISTENING));
        Process process = prepared.start();
        try {
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = out.readLine();
            assertThat(line).as("%s", Files.readString(folder.resolve("log"))).isNotNull();
            JsonNode told = new ObjectMapper().readTree(line);
            TestUser user = new TestUser(folder.resolve("user"));
            Path data = Files.createDirectories(folder.resolve("data"));
            Files.writeString(data.resolve("f"), "content");
            user.ok("snapshot", data.toString());
            String url = told.path("url").asText() + "/default/r#"
                    + told.path("fingerprint").asText();
            user.addRemote("origin", url, told.path("enrolmentCode").asText());

            user.ok("push");
            user.ok("clone", url, folder.resolve("copy").toString());
        } finally {
            process.destroy();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void serve_standardInputIsNoSocket_isSaid() throws IOException, InterruptedException {
        Process process = server().redirectInput(Path.of("/dev/null").toFile()).start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("log")))
                .contains("standard input is no socket that listens", "StandardInput=socket");
        assertThat(folder.resolve("server")).doesNotExist();
    }
}
