package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUseTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void of_filesThatComeAndGo_countsThoseThatStay() throws IOException {
        Files.write(folder.resolve("stays"), new byte[1000]);
        Path sessions = Files.createDirectories(folder.resolve("sessions"));
        for (int i = 0; i < 200; i++) {
            Files.write(sessions.resolve("stays" + i), new byte[10]);
        }
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            try {
                while (!stop.get()) {
                    for (int i = 0; i < 50; i++) {
                        Files.createFile(sessions.resolve("goes" + i));
                    }
                    for (int i = 0; i < 50; i++) {
                        Files.delete(sessions.resolve("goes" + i));
                    }
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        try {
            for (int i = 0; i < 200; i++) {
                assertThat(DiskUse.of(folder)).isEqualTo(3000);
            }
        } finally {
            stop.set(true);
            others.join();
        }
    }
}
