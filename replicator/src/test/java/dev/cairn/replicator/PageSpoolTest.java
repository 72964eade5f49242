package dev.cairn.replicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pull goes on from. */
class PageSpoolTest {

    private static final byte[] NAME = {1, 2, 3};
    private static final long BYTES_MAX = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Path file() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            return files.iterator().next();
        }
    }

    /** A power cut may leave a file as long as it was to become, with zeros where nothing was written yet. */
    @Test
    void open_zerosBehindTheLastEntry_areCutOff() throws IOException {
        try (PageSpool spool = PageSpool.open(folder, NAME, BYTES_MAX)) {
            spool.append(new PageSpool.Entry(new byte[] {7, 8}, new int[] {0, 3}));
        }
        long whole = Files.size(file());
        Files.write(file(), new byte[2000], StandardOpenOption.APPEND);

        try (PageSpool spool = PageSpool.open(folder, NAME, BYTES_MAX)) {
            assertThat(spool.count()).isEqualTo(1);
            spool.rewind();
            PageSpool.Entry entry = Objects.requireNonNull(spool.next());
            assertThat(entry.record()).containsExactly(7, 8);
            assertThat(entry.due()).containsExactly(0, 3);
            assertThat(spool.next()).isNull();
        }
        assertThat(file()).hasSize(whole);
    }

    @Test
    void append_emptyRecord_isTheRemotesFault() throws IOException {
        try (PageSpool spool = PageSpool.open(folder, NAME, BYTES_MAX)) {
            assertThatExceptionOfType(RemoteException.PeerMisbehaved.class)
                    .isThrownBy(() -> spool.append(new PageSpool.Entry(new byte[0], new int[0])));
            assertThat(spool.count()).isZero();
        }
    }
}
