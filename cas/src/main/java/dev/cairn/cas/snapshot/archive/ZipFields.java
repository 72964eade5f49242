package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Metadata;
import java.io.ByteArrayOutputStream;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Fields of a zip archive that is written: numbers with the lowest byte first. */
final class ZipFields {

    private static final long TICK_SECONDS_MAX =
            Long.MAX_VALUE / ZipEntry.TICKS_PER_SECOND - ZipEntry.NTFS_EPOCH_SECONDS - 1;

    private final ByteArrayOutputStream fields = new ByteArrayOutputStream();

    ZipFields int2(int value) {
        return number(value, 2);
    }

    ZipFields int4(long value) {
        return number(value, 4);
    }

    ZipFields int8(long value) {
        return number(value, 8);
    }

    private ZipFields number(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            fields.write((int) (value >>> (8 * i)));
        }
        return this;
    }

    ZipFields raw(byte[] bytes) {
        fields.writeBytes(bytes);
        return this;
    }

    int size() {
        return fields.size();
    }

    byte[] bytes() {
        return fields.toByteArray();
    }

    void clear() {
        fields.reset();
    }

    /** Extra fields: the time of Unix where it fits, that of NTFS where there is more to say, the owner. */
    static byte[] extras(Metadata metadata) {
        ZipFields extras = new ZipFields();
        long seconds = metadata.mtimeSeconds();
        boolean fits = seconds == (int) seconds;
        if (fits) {
            extras.int2(ZipEntry.EXTRA_UNIX_TIME).int2(5).number(1, 1).int4(seconds);
        }
        boolean inTicks = seconds >= -ZipEntry.NTFS_EPOCH_SECONDS && seconds <= TICK_SECONDS_MAX;
        if (inTicks && (!fits || metadata.mtimeNanos() >= 100)) {
            long ticks =
                    (seconds + ZipEntry.NTFS_EPOCH_SECONDS) * ZipEntry.TICKS_PER_SECOND + metadata.mtimeNanos() / 100;
            extras.int2(ZipEntry.EXTRA_NTFS_TIME)
                    .int2(32)
                    .int4(0)
                    .int2(1)
                    .int2(24)
                    .int8(ticks)
                    .int8(ticks)
                    .int8(ticks);
        }
        extras.int2(ZipEntry.EXTRA_OWNER)
                .int2(11)
                .number(1, 1)
                .number(4, 1)
                .int4(metadata.owner().uid())
                .number(4, 1)
                .int4(metadata.owner().gid());
        return extras.bytes();
    }

    /** A time as MS-DOS has it, in steps of two seconds, date in the upper half; in UTC, within its years. */
    static long dosTime(long seconds) {
        long first = LocalDateTime.of(1980, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);
        long last = LocalDateTime.of(2107, 12, 31, 23, 59, 58).toEpochSecond(ZoneOffset.UTC);
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.clamp(seconds, first, last), 0, ZoneOffset.UTC);
        int date = (time.getYear() - 1980) << 9 | time.getMonthValue() << 5 | time.getDayOfMonth();
        return (long) date << 16 | time.getHour() << 11 | time.getMinute() << 5 | time.getSecond() / 2;
    }
}
