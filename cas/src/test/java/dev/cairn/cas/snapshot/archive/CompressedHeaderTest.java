package dev.cairn.cas.snapshot.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.SeededEntropy;
import dev.cairn.delta.fuzz.Parsing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Headers of compressed archives: what they say beside the content is passed over, not held. */
class CompressedHeaderTest {

    private static final Parsing PARSING = Parsing.refusedBy(ArchiveException.class);
    private static final Sealer SEALER =
            new Sealer(RepositoryKeys.generate(new SeededEntropy(1)), new Compression.None());
    private static final int EMPTY_TAR_BYTES = 1024;

    /** A member of a gzip file with a name of so many bytes. */
    private static InputStream gzip(byte[] content, int nameBytes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        byte[] plain = bytes.toByteArray();
        byte[] header = Arrays.copyOf(plain, 10);
        header[3] = 8;
        InputStream name = new InputStream() {
            private int left = nameBytes;

            @Override
            public int read() {
                return left-- > 0 ? 'a' : left == -1 ? 0 : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int next = length == 0 ? 0 : read();
                if (next < 0 || length == 0) {
                    return next;
                }
                target[offset] = (byte) next;
                int more = Math.clamp(left, 0, length - 1);
                Arrays.fill(target, offset + 1, offset + 1 + more, (byte) 'a');
                left -= more;
                return 1 + more;
            }
        };
        return new SequenceInputStream(
                new ByteArrayInputStream(header),
                new SequenceInputStream(name, new ByteArrayInputStream(plain, 10, plain.length - 10)));
    }

    private static Optional<Boolean> isEmpty(InputStream in) {
        return PARSING.value(8L << 20, () -> {
            BlocksOnDemand aside = new BlocksOnDemand(Path.of("nowhere"), SEALER);
            try (MemberReader reader = ArchiveInput.open(new ArchiveInput.OfStream(in), aside, 0, remark -> {})) {
                return reader.next() == null;
            }
        });
    }

    @Test
    void gzip_nameOfAnyUsualLength_isPassedOver() throws IOException {
        assertThat(isEmpty(gzip(new byte[EMPTY_TAR_BYTES], 4096))).contains(true);
    }

    /** The decompressor holds a name, which may be as long as the archive. */
    @Test
    void gzip_nameWithoutEnd_isRefused() throws IOException {
        assertThat(isEmpty(gzip(new byte[EMPTY_TAR_BYTES], Integer.MAX_VALUE))).isEmpty();
        InputStream second = new SequenceInputStream(
                gzip(new byte[EMPTY_TAR_BYTES], 10), gzip(new byte[EMPTY_TAR_BYTES], Integer.MAX_VALUE));
        assertThat(isEmpty(second)).isEmpty();
    }

    private static void refusesWindow(int... frame) {
        byte[] bytes = new byte[64];
        for (int i = 0; i < frame.length; i++) {
            bytes[i] = (byte) frame[i];
        }
        assertThatThrownBy(() -> ArchiveInput.open(
                        new ArchiveInput.OfStream(new ByteArrayInputStream(bytes)),
                        new BlocksOnDemand(Path.of("nowhere"), SEALER),
                        0,
                        remark -> {}))
                .isInstanceOfSatisfying(
                        ArchiveException.class,
                        refused -> assertThat(refused.hint()).contains("zstd -dc"))
                .hasMessageContaining("window of");
    }

    @Test
    void zstd_windowOf256MiB_isRefusedWithTheWayOn_beforeMemoryIsTaken() {
        refusesWindow(0x28, 0xB5, 0x2F, 0xFD, 0, 18 << 3);
        refusesWindow(0x28, 0xB5, 0x2F, 0xFD, 0, 0xff);
        // A single segment: the window is the content, of 4 GiB less one, and of more than a long says.
        refusesWindow(0x28, 0xB5, 0x2F, 0xFD, 0xa0, 0xff, 0xff, 0xff, 0xff);
        refusesWindow(0x28, 0xB5, 0x2F, 0xFD, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0xff);
    }
}
