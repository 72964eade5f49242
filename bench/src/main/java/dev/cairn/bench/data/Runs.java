package dev.cairn.bench.data;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The same bytes as runs of chunks of 64 KiB, ready to be sealed, and sealed, ready to be opened. Ids are computed beforehand, as
 * capture has them when it seals.
 */
public final class Runs {

    private static final int CHUNK_BYTES = 64 << 10;

    private final Sealer sealer;
    private final List<Run> runs = new ArrayList<>();
    private final List<SealedRecord> sealed = new ArrayList<>();

    /** Chunks that share a record. */
    private record Run(List<ObjectId> ids, List<PlainObject> chunks) {}

    /**
     * Cuts {@code data} into runs of {@code runBytes}, and warms the cipher.
     *
     * @throws IllegalArgumentException if that does not come out even
     */
    public Runs(byte[] data, int runBytes, Compression compression) {
        if (runBytes % CHUNK_BYTES != 0 || data.length % runBytes != 0) {
            throw new IllegalArgumentException("%d bytes in runs of %d".formatted(data.length, runBytes));
        }
        WarmCipher.await();
        sealer = new Sealer(RepositoryKeys.generate(Entropy.system()), compression);
        for (int start = 0; start < data.length; start += runBytes) {
            List<ObjectId> ids = new ArrayList<>();
            List<PlainObject> chunks = new ArrayList<>();
            for (int at = start; at < start + runBytes; at += CHUNK_BYTES) {
                byte[] chunk = new byte[CHUNK_BYTES];
                System.arraycopy(data, at, chunk, 0, CHUNK_BYTES);
                ids.add(sealer.hasher().chunk(chunk, 0, CHUNK_BYTES));
                chunks.add(PlainObject.chunk(chunk));
            }
            runs.add(new Run(ids, chunks));
        }
        seal(sealed::add);
    }

    /** Seals all of them. */
    public void seal(Consumer<SealedRecord> sink) {
        for (Run run : runs) {
            sink.accept(sealer.sealRun(run.ids, run.chunks));
        }
    }

    /** Opens all of them; ids are not recomputed yet. */
    public void open(Consumer<OpenedRecord> sink) {
        for (SealedRecord record : sealed) {
            sink.accept(sealer.open(record, "the benchmark"));
        }
    }

    /** The length of all records together, in bytes. */
    public long sealedBytes() {
        return sealed.stream().mapToLong(record -> record.bytes().length).sum();
    }
}
