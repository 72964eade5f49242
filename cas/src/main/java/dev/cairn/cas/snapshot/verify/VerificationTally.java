package dev.cairn.cas.snapshot.verify;

import dev.cairn.cas.CorruptDataException;
import java.util.ArrayList;
import java.util.List;

/** Counts what a verification finds. One thread. */
final class VerificationTally {

    private final VerificationProgress progress;
    private final List<Damage> damaged = new ArrayList<>();
    private long damageCount;
    private long objects;
    private long bytes;

    VerificationTally(VerificationProgress progress) {
        this.progress = progress;
    }

    void sound(long objectCount) {
        objects += objectCount;
    }

    void read(long count) {
        bytes += count;
        progress.bytes(count);
    }

    void damage(CorruptDataException e) {
        damage(Damage.of(e));
    }

    void damage(Damage damage) {
        damageCount++;
        if (damaged.size() < Verification.DAMAGE_MAX) {
            damaged.add(damage);
        }
        progress.damaged(damage);
    }

    VerificationResult result() {
        return new VerificationResult(objects, bytes, damaged, damageCount);
    }
}
