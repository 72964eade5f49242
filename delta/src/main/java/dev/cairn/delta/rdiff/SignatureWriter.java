package dev.cairn.delta.rdiff;

import dev.cairn.delta.RollingChecksum;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Makes the signature of a basis, as a stream: memory is one block and small buffers. */
public final class SignatureWriter {
    private SignatureWriter() {}

    /**
     * Reads the basis to its end and writes its signature, the same bytes that {@code rdiff signature} writes. Closes neither stream; the
     * output is flushed.
     *
     * @return the number of bytes of the basis
     */
    public static long write(InputStream basis, OutputStream signature, SignatureParameters parameters)
            throws IOException {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(signature, 1 << 16));
        out.writeInt(parameters.kind().magic());
        out.writeInt(parameters.blockBytes());
        out.writeInt(parameters.strongBytes());
        RollingChecksum weak = parameters.kind().weakSum();
        StrongSum strong = new StrongSum(parameters);
        byte[] block = new byte[parameters.blockBytes()];
        long total = 0;
        int length;
        do {
            length = basis.readNBytes(block, 0, block.length);
            if (length > 0) {
                weak.reset();
                weak.append(block, 0, length);
                out.writeInt(weak.value());
                out.write(strong.of(block, 0, length), 0, strong.bytes());
                total += length;
            }
        } while (length == block.length);
        out.flush();
        return total;
    }
}
