package dev.cairn.bench.data;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import java.util.List;

/**
 * Brings AES-GCM to its speed before the clock runs. The JVM replaces it by the processor's instructions after some thousands of
 * <em>calls</em>, however long they are: with records of 1 MiB a warm-up of seconds measures a thirtieth of the speed.
 */
public final class WarmCipher {

    private static final int CALLS = 12_000;
    private static final int MESSAGE_BYTES = 512;

    private WarmCipher() {}

    /** Seals and opens {@value #CALLS} messages of {@value #MESSAGE_BYTES} bytes: half a second on one processor. */
    public static void await() {
        Sealer sealer = new Sealer(RepositoryKeys.generate(Entropy.system()), new Compression.None());
        byte[] message = new byte[MESSAGE_BYTES];
        List<ObjectId> ids = List.of(sealer.hasher().chunk(message, 0, message.length));
        List<PlainObject> chunks = List.of(PlainObject.chunk(message));
        for (int i = Rehearsal.size(CALLS); i > 0; i--) {
            SealedRecord record = sealer.sealRun(ids, chunks);
            if (sealer.open(record, "the warm-up").bytes() < MESSAGE_BYTES) {
                throw new IllegalStateException("a record lost its content");
            }
        }
    }
}
