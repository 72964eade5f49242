package dev.cairn.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotas from the command line, at a server that runs. */
class TenantQuotaTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void quota_usedUp_pushExits16_andGoesOnWhenThereIsMore() throws IOException {
        try (LocalServer server = new LocalServer(folder.resolve("server"))) {
            TestUser user = new TestUser(folder.resolve("ada"));
            byte[] noise = new byte[20_000];
            new Random(3).nextBytes(noise);
            user.write("data/f", new String(noise, java.nio.charset.StandardCharsets.ISO_8859_1));
            user.ok("snapshot", user.home.resolve("data").toString());
            user.addRemote("origin", server.url("r"), server.enrolmentCode());
            String data = server.data().toString();

            assertThat(user.json("tenant", "quota", "default", "--data", data)
                            .path("bytes")
                            .isNull())
                    .isTrue();
            JsonNode set = user.json("tenant", "quota", "default", "--bytes", "10K", "--branches", "5", "--data", data);
            assertThat(set.path("bytes").asLong()).isEqualTo(10_240);
            assertThat(set.path("branches").asLong()).isEqualTo(5);
            assertThat(set.path("objects").isNull()).isTrue();

            TestUser.Ending full = user.run("push", "--json");
            assertThat(full.exitCode()).as("%s", full).isEqualTo(16);
            assertThat(full.error().path("message").asText()).contains("tenant's quota", "10,240 bytes");
            assertThat(full.error().path("hint").asText()).contains("cairn tenant quota");

            user.ok("tenant", "quota", "default", "--bytes", "none", "--data", data);
            assertThat(user.ok("tenant", "quota", "default", "--data", data).out())
                    .contains("bytes unlimited", "branches 5");
            user.ok("push");
        }
    }

    @Test
    void quota_wrongUsage_isSaid() throws IOException {
        try (LocalServer server = new LocalServer(folder.resolve("server"))) {
            TestUser user = new TestUser(folder.resolve("ada"));
            String data = server.data().toString();
            for (String wrong : new String[] {"-1", "x", "", "1.5G", "99999999999999", "999999999999T"}) {
                assertThat(user.run("tenant", "quota", "default", "--bytes=" + wrong, "--data", data)
                                .exitCode())
                        .as(wrong)
                        .isEqualTo(2);
            }
            assertThat(user.run("tenant", "quota", "nobody", "--data", data).exitCode())
                    .isEqualTo(1);
            assertThat(user.run("tenant", "quota", "..", "--data", data).exitCode())
                    .isEqualTo(2);
        }
    }
}
