package dev.cairn.cas.snapshot.archive;

import java.io.IOException;
import java.io.OutputStream;

/** Counts what is written of an archive, whose members and list of contents are told by their places. For one thread. */
final class CountedOutput extends OutputStream {

    private final OutputStream out;
    private long written;

    CountedOutput(OutputStream out) {
        this.out = out;
    }

    /** Number of bytes so far. */
    long written() {
        return written;
    }

    @Override
    public void write(int octet) throws IOException {
        out.write(octet);
        written++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        written += length;
    }
}
