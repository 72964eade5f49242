package dev.cairn.cas.seal;

import dev.cairn.cas.StoreAccessException;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * What stretching a password costs: Argon2id, version 1.3 (RFC 9106). Read from disk and from peers, so every number has
 * both bounds.
 *
 * @param memoryKib memory, in KiB: at least 8 a lane
 * @param passes over that memory
 * @param lanes how many parts of the memory are filled on their own
 */
public record Argon2Cost(int memoryKib, int passes, int lanes) {

    /** What new slots cost: about half a second, once a command. */
    static final Argon2Cost DEFAULT = new Argon2Cost(64 << 10, 3, 4);

    static final int MEMORY_KIB_MAX = 1 << 20;
    static final int PASSES_MAX = 16;
    static final int LANES_MAX = 16;

    public Argon2Cost {
        if (passes < 1 || passes > PASSES_MAX || lanes < 1 || lanes > LANES_MAX) {
            throw new IllegalArgumentException("Argon2 passes (%d) must be within 1..%d, lanes (%d) within 1..%d"
                    .formatted(passes, PASSES_MAX, lanes, LANES_MAX));
        }
        if (memoryKib < 8 * lanes || memoryKib > MEMORY_KIB_MAX) {
            throw new IllegalArgumentException(
                    "Argon2 memory (%d KiB) must be within %d..%d KiB".formatted(memoryKib, 8 * lanes, MEMORY_KIB_MAX));
        }
    }

    /**
     * Stretches a password. Takes {@link #memoryKib} of heap.
     *
     * @throws StoreAccessException if this process has too little heap for it
     */
    Secret stretch(byte[] password, byte[] salt) {
        long heapKib = Runtime.getRuntime().maxMemory() >> 10;
        if (memoryKib > heapKib - heapKib / 4) {
            throw new StoreAccessException(
                    "the password slot takes %d MiB of memory, and this process may use %d MiB"
                            .formatted(memoryKib >> 10, heapKib >> 10),
                    "Run it with a larger heap (-Xmx), or use the key file or the recovery code.",
                    null);
        }
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] key = new byte[Secret.BYTES];
        generator.generateBytes(password, key);
        return Secret.of(key);
    }
}
