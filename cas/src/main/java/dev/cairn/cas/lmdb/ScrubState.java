package dev.cairn.cas.lmdb;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the scrubs of a volume.
 *
 * @param bytes of the volume
 * @param started when the round began that is under way, or else the last one; null if there was none
 * @param finished when the last whole round ended; null if there was none
 * @param next the record that the round under way goes on from
 * @param bytesRead in that round
 * @param damaged records that were found damaged in it, or else in the last whole one
 */
public record ScrubState(
        int volume,
        long bytes,
        @Nullable Instant started,
        @Nullable Instant finished,
        long next,
        long bytesRead,
        long damaged) {

    /** Whether a round was begun and not finished. */
    public boolean isUnderWay() {
        return started != null && (finished == null || finished.isBefore(started));
    }

    ScrubState begun(Instant now) {
        return new ScrubState(
                volume, bytes, now, finished != null && finished.isBefore(now) ? finished : null, 0, 0, 0);
    }

    ScrubState upTo(long record, long bytesMore, long damagedMore) {
        return new ScrubState(volume, bytes, started, finished, record, bytesRead + bytesMore, damaged + damagedMore);
    }

    ScrubState ended(Instant now) {
        return new ScrubState(volume, bytes, started, now, 0, bytesRead, damaged);
    }
}
