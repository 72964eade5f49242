package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the build has put into the jar that people run. */
final class ShippedJarTest {

    private static final Path JAR = Path.of("../cli/target/cairn.jar");

    private static JarFile open() throws IOException {
        assumeTrue(Files.exists(JAR), "skipped: the command line was not built");
        return new JarFile(JAR.toFile());
    }

    private static List<String> names() throws IOException {
        try (JarFile jar = open()) {
            return jar.stream().map(ZipEntry::getName).toList();
        }
    }

    @Test
    void zstandard_isCalledByJni_whichNeedsNoLinkingAtEachStart() throws IOException {
        assertThat(names())
                .contains("com/github/luben/zstd/ZstdCompressCtx.class")
                .noneMatch(name -> name.matches("META-INF/versions/\\d+/com/github/luben/.*\\.class"));
    }

    @Test
    void whatTheManifestOpens_isWhatTheLauncherOpens() throws IOException {
        String launcher = Files.readString(SourceTree.ofProject().root().resolve("cairn"));
        try (JarFile jar = open()) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue("Add-Opens").split(" "))
                    .isNotEmpty()
                    .allMatch(opened -> launcher.contains("--add-opens=" + opened + "=ALL-UNNAMED"));
            assertThat(launcher).contains("--enable-native-access=" + manifest.getValue("Enable-Native-Access"));
        }
    }

    @Test
    void signaturesOfJarsThatItIsMadeOf_areGone() throws IOException {
        assertThat(names()).noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
    }
}
