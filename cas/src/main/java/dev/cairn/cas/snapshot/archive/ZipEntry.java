package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a zip archive's central directory.
 *
 * <p>Times come from the extra fields of Unix or NTFS; the MS-DOS time, which has no zone, is taken for UTC.
 *
 * @param unixMode type and permissions as {@code st_mode} has them, 0 where a system without them made the archive
 */
record ZipEntry(
        byte[] name,
        int flags,
        int method,
        long crc,
        long size,
        long compressedSize,
        long localOffset,
        int unixMode,
        boolean isDosFolder,
        boolean isReadOnly,
        Owner owner,
        long mtimeSeconds,
        int mtimeNanos) {

    private static final int TYPE_MASK = 0170000;

    static final int REGULAR = 0100000;
    static final int DIRECTORY = 0040000;
    static final int SYMLINK = 0120000;
    static final int FIFO = 0010000;

    private static final int HOST_UNIX = 3;
    private static final int HOST_MACOS = 19;
    static final int UTF8_FLAG = 1 << 11;

    /** Extra fields: sizes and places of Zip64, times of Unix and NTFS, the owner. */
    static final int EXTRA_LARGE = 0x0001;

    static final int EXTRA_UNIX_TIME = 0x5455;
    static final int EXTRA_NTFS_TIME = 0x000A;
    static final int EXTRA_OWNER = 0x7875;

    /** What a field of four bytes has whose value stands in Zip64's extra field. */
    static final long UNSIGNED_INT_MAX = 0xFFFF_FFFFL;

    /** From 1601, the epoch of NTFS, to 1970, in seconds. */
    static final long NTFS_EPOCH_SECONDS = 11_644_473_600L;

    static final long TICKS_PER_SECOND = 10_000_000;

    /**
     * Parses an entry.
     *
     * @param fixed its fields of fixed length
     * @param extra its extra fields
     */
    static ZipEntry parse(ByteBuffer fixed, byte[] rawName, ByteBuffer extra) throws IOException {
        int host = fixed.get(5);
        int flags = Short.toUnsignedInt(fixed.getShort(8));
        long attributes = Integer.toUnsignedLong(fixed.getInt(38));
        boolean unix = host == HOST_UNIX || host == HOST_MACOS;
        Extras extras = new Extras(
                Integer.toUnsignedLong(fixed.getInt(24)),
                Integer.toUnsignedLong(fixed.getInt(20)),
                Integer.toUnsignedLong(fixed.getInt(42)),
                dosSeconds(Short.toUnsignedInt(fixed.getShort(14)), Short.toUnsignedInt(fixed.getShort(12))));
        extras.read(extra);
        return new ZipEntry(
                unix ? rawName : dosName(rawName, (flags & UTF8_FLAG) != 0),
                flags,
                Short.toUnsignedInt(fixed.getShort(10)),
                Integer.toUnsignedLong(fixed.getInt(16)),
                extras.size,
                extras.compressedSize,
                extras.localOffset,
                unix ? (int) (attributes >>> 16) : 0,
                !unix && (attributes & 0x10) != 0,
                !unix && (attributes & 1) != 0,
                extras.owner,
                extras.seconds,
                extras.nanos);
    }

    /** The values that extra fields may replace. */
    private static final class Extras {
        long size;
        long compressedSize;
        long localOffset;
        long seconds;
        int nanos;
        Owner owner = Owner.ROOT;
        private boolean unixTime;

        Extras(long size, long compressedSize, long localOffset, long seconds) {
            this.size = size;
            this.compressedSize = compressedSize;
            this.localOffset = localOffset;
            this.seconds = seconds;
        }

        void read(ByteBuffer extra) throws IOException {
            while (extra.remaining() >= 4) {
                int id = Short.toUnsignedInt(extra.getShort());
                int length = Short.toUnsignedInt(extra.getShort());
                if (length > extra.remaining()) {
                    // Some programs pad with what is no field.
                    return;
                }
                ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
                extra.position(extra.position() + length);
                switch (id) {
                    case EXTRA_LARGE -> large(field);
                    case EXTRA_UNIX_TIME -> unixTime(field);
                    case EXTRA_NTFS_TIME -> ntfsTime(field);
                    case EXTRA_OWNER -> owner(field);
                    default -> {}
                }
            }
        }

        private void large(ByteBuffer field) throws IOException {
            size = size == UNSIGNED_INT_MAX ? next(field) : size;
            compressedSize = compressedSize == UNSIGNED_INT_MAX ? next(field) : compressedSize;
            localOffset = localOffset == UNSIGNED_INT_MAX ? next(field) : localOffset;
        }

        private static long next(ByteBuffer field) throws IOException {
            long value = field.remaining() < Long.BYTES ? -1 : field.getLong();
            if (value < 0) {
                throw ArchiveException.damaged("an entry of its list of contents lacks a size");
            }
            return value;
        }

        private void unixTime(ByteBuffer field) {
            if (field.remaining() >= 5 && (field.get(0) & 1) != 0) {
                int whole = field.getInt(1);
                // Where NTFS's finer time says the same second, that is the better one.
                nanos = seconds == whole ? nanos : 0;
                seconds = whole;
                unixTime = true;
            }
        }

        private void ntfsTime(ByteBuffer field) {
            if (field.remaining() >= 16 && field.getShort(4) == 1 && field.getShort(6) >= 8) {
                long ticks = field.getLong(8);
                long whole = Math.floorDiv(ticks, TICKS_PER_SECOND) - NTFS_EPOCH_SECONDS;
                if (!unixTime || whole == seconds) {
                    seconds = whole;
                    nanos = (int) Math.floorMod(ticks, TICKS_PER_SECOND) * 100;
                }
            }
        }

        private void owner(ByteBuffer field) {
            // Version, then a length and a number for the user and for the group.
            if (field.remaining() == 11 && field.get(0) == 1 && field.get(1) == 4 && field.get(6) == 4) {
                owner = Owner.of(field.getInt(2), field.getInt(7));
            }
        }
    }

    /** Names of systems with drives and backslashes: UTF-8 where they are, else code page 437. */
    private static byte[] dosName(byte[] raw, boolean isUtf8) {
        String name = isUtf8 || RawName.isUtf8(raw)
                ? new String(raw, StandardCharsets.UTF_8)
                : new String(raw, Charset.forName("IBM437"));
        if (isUtf8 && !RawName.isUtf8(raw)) {
            return raw;
        }
        String slashed = name.replace('\\', '/');
        boolean drive = slashed.length() >= 2 && slashed.charAt(1) == ':' && Character.isLetter(slashed.charAt(0));
        return (drive ? "/" + slashed.substring(2) : slashed).getBytes(StandardCharsets.UTF_8);
    }

    private static long dosSeconds(int date, int time) {
        try {
            return LocalDateTime.of(
                            1980 + (date >> 9),
                            (date >> 5) & 15,
                            date & 31,
                            time >> 11,
                            (time >> 5) & 63,
                            Math.min(59, 2 * (time & 31)))
                    .toEpochSecond(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return 0;
        }
    }

    /** What it is; null for what a zip archive cannot say enough of. */
    Member.@Nullable Kind kind() {
        boolean slash = name.length > 0 && name[name.length - 1] == '/';
        Member.Kind kind = kind(unixMode);
        return kind == Member.Kind.FILE && (slash || isDosFolder) ? Member.Kind.DIRECTORY : kind;
    }

    /** What an {@code st_mode} says, 0 for none; null for what zip and 7z archives cannot say enough of. */
    static Member.@Nullable Kind kind(int unixMode) {
        return switch (unixMode & TYPE_MASK) {
            case 0, REGULAR -> Member.Kind.FILE;
            case DIRECTORY -> Member.Kind.DIRECTORY;
            case SYMLINK -> Member.Kind.SYMLINK_BY_CONTENT;
            case FIFO -> Member.Kind.FIFO;
            default -> null;
        };
    }

    /** The lower 12 bits of its mode. */
    int mode() {
        return mode(unixMode, kind() == Member.Kind.DIRECTORY, isReadOnly);
    }

    /** The lower 12 bits of an {@code st_mode}, or what is usual where that is 0. */
    static int mode(int unixMode, boolean isFolder, boolean isReadOnly) {
        if (unixMode != 0) {
            return unixMode & 07777;
        }
        int usual = isFolder ? 0755 : 0644;
        return isReadOnly ? usual & 0555 : usual;
    }

    /** The name for a message. */
    String shownName() {
        return RawName.display(name);
    }
}
