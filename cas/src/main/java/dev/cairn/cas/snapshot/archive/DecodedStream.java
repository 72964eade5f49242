package dev.cairn.cas.snapshot.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a decompressor gives. Whatever it throws, of whatever kind, means that the archive is damaged. */
final class DecodedStream extends FilterInputStream {

    DecodedStream(InputStream decoder) {
        super(decoder);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return in.read(target, offset, length);
        } catch (SourceFailure e) {
            throw e.failure();
        } catch (ArchiveException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw ArchiveException.damaged("it cannot be decompressed: " + e.getMessage());
        }
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] none = new byte[(int) Math.min(count, 64 << 10)];
        return none.length == 0 ? 0 : Math.max(0, read(none, 0, none.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** What a decompressor reads from: failures to read are told from failures to decode. */
    static class Source extends FilterInputStream {

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return in.read();
            } catch (IOException e) {
                throw new SourceFailure(e);
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return in.read(target, offset, length);
            } catch (IOException e) {
                throw new SourceFailure(e);
            }
        }
    }

    /**
     * A gzip file for a decompressor that holds the names and remarks in its headers, however long they are. It reads them byte by byte,
     * and all else in blocks.
     */
    static final class ShortHeaders extends Source {

        /** Far more than a name and a remark have. */
        private static final int SINGLE_BYTES_MAX = 64 << 10;

        private int singleBytes;

        ShortHeaders(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            if (++singleBytes > SINGLE_BYTES_MAX) {
                throw ArchiveException.damaged("a header of gzip has more than %,d bytes".formatted(SINGLE_BYTES_MAX));
            }
            return super.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            singleBytes = 0;
            return super.read(target, offset, length);
        }
    }

    /** The archive itself could not be read. */
    private static final class SourceFailure extends IOException {
        private static final long serialVersionUID = 1;
        private final IOException failure;

        SourceFailure(IOException failure) {
            super(failure);
            this.failure = failure;
        }

        IOException failure() {
            return failure;
        }
    }
}
