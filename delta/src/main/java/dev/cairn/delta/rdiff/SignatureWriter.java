package dev.cairn.delta.rdiff;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes the signature of a basis, as a stream: the caller's thread reads and writes, and beyond the first MiB as many threads as there are
 * processors, at most {@value #THREADS_MAX}, compute the sums. Memory is a few MiB, for
 * blocks of 32 KiB and more up to six times 4 MiB, or six blocks.
 */
public final class SignatureWriter {
    private static final int THREADS_MAX = 4;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BATCH_BYTES_MAX = 4 << 20;
    /** So many blocks to a batch, if they are not too long for it, are summed at once to advantage. */
    private static final int BATCH_BLOCKS = SumLanes.LANES_MAX / 2;

    private final InputStream basis;
    private final DataOutputStream out;
    private final SignatureParameters parameters;
    private final int batchBytes;
    private long total;

    private SignatureWriter(InputStream basis, OutputStream signature, SignatureParameters parameters) {
        this.basis = basis;
        this.out = new DataOutputStream(new BufferedOutputStream(signature, 1 << 16));
        this.parameters = parameters;
        this.batchBytes = batchBytes(parameters.blockBytes());
    }

    /**
     * Reads the basis to its end and writes its signature, the same bytes that {@code rdiff signature} writes. Closes neither stream; the
     * output is flushed. The threads have ended when this returns or throws.
     *
     * @return the number of bytes of the basis
     * @throws InterruptedIOException if the caller's thread is interrupted while it waits for a sum
     */
    public static long write(InputStream basis, OutputStream signature, SignatureParameters parameters)
            throws IOException {
        return new SignatureWriter(basis, signature, parameters).run();
    }

    private static int batchBytes(int blockBytes) {
        return Math.clamp((long) blockBytes * BATCH_BLOCKS, BATCH_BYTES, BATCH_BYTES_MAX);
    }

    private long run() throws IOException {
        out.writeInt(parameters.kind().magic());
        out.writeInt(parameters.blockBytes());
        out.writeInt(parameters.strongBytes());
        SignatureBatch first = new SignatureBatch(parameters, batchBytes);
        if (first.fill(basis)) {
            runInParallel(first);
        } else {
            first.run();
            write(first);
        }
        out.flush();
        return total;
    }

    private void runInParallel(SignatureBatch first) throws IOException {
        int threads = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
        Deque<Future<SignatureBatch>> underWay = new ArrayDeque<>();
        ExecutorService pool = Executors.newFixedThreadPool(
                threads, task -> Thread.ofPlatform().daemon().name("signature").unstarted(task));
        try (pool) {
            try {
                underWay.add(pool.submit(first, first));
                boolean more = true;
                for (int batches = 1; more; batches++) {
                    SignatureBatch batch =
                            batches < threads + 2 ? new SignatureBatch(parameters, batchBytes) : written(underWay);
                    more = batch.fill(basis);
                    underWay.add(pool.submit(batch, batch));
                }
                while (!underWay.isEmpty()) {
                    written(underWay);
                }
            } finally {
                underWay.forEach(batch -> batch.cancel(false));
            }
        }
    }

    /** Writes the oldest batch, which is then free to be filled again. */
    private SignatureBatch written(Deque<Future<SignatureBatch>> underWay) throws IOException {
        try {
            SignatureBatch batch = underWay.remove().get();
            write(batch);
            return batch;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("sums of bytes in memory cannot fail", e);
        }
    }

    private void write(SignatureBatch batch) throws IOException {
        batch.writeTo(out);
        total += batch.length();
    }
}
