package dev.cairn.cas.snapshot.verify;

import java.util.List;

/**
 * What a verification found.
 *
 * @param objects objects that were read and are right
 * @param bytes what was read: records, or contents where one snapshot was verified
 * @param damaged what is wrong, the first {@link Verification#DAMAGE_MAX}
 * @param damageCount how much is
 */
public record VerificationResult(long objects, long bytes, List<Damage> damaged, long damageCount) {

    public VerificationResult {
        damaged = List.copyOf(damaged);
    }

    /** Whether nothing is wrong. */
    public boolean isSound() {
        return damageCount == 0;
    }
}
