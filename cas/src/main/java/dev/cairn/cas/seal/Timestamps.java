package dev.cairn.cas.seal;

import dev.cairn.cas.seal.wire.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;

/** Points in time as messages hold them. */
public final class Timestamps {

    private Timestamps() {}

    /** The message for a point in time. */
    public static Timestamp toWire(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /**
     * The point in time of a message.
     *
     * @throws IllegalArgumentException if there is none: a second beyond the calendar, or a billion nanoseconds and more
     */
    public static Instant fromWire(Timestamp timestamp) {
        if (timestamp.getNanos() < 0 || timestamp.getNanos() > 999_999_999) {
            throw new IllegalArgumentException(Integer.toUnsignedString(timestamp.getNanos()) + " nanoseconds");
        }
        try {
            return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(timestamp.getSeconds() + " seconds", e);
        }
    }
}
