package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Device;
import dev.cairn.cas.manifest.Owner;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads tar archives: those of Unix v7, ustar, GNU (long names, old sparse files, numbers to base 256) and PAX (POSIX.1-2001, sparse
 * files of GNU tar 0.0, 0.1 and 1.0, attributes under {@code SCHILY.xattr}). Names are bytes. See the manual of GNU tar, "Tar
 * Internals", and {@code pax} in POSIX.
 *
 * <p>An archive ends with a block of zeros; one that ends without was cut off, and is refused. Memory: one header, its extended header of
 * at most {@value PaxHeader#BYTES_MAX} bytes, a sparse map.
 */
final class TarReader implements MemberReader {

    static final int BLOCK_BYTES = 512;

    /** The longest name or target in a header of its own, in bytes. */
    private static final int LONG_NAME_BYTES_MAX = 64 << 10;

    private static final byte[] NOTHING = new byte[0];

    private final InputStream in;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final PaxHeader global = new PaxHeader();
    private final Consumer<String> remarks;
    private boolean ended;

    /** Where in the archive the next byte is. */
    private long position;

    /** Bytes of the current member's content that were not read, and what fills its last block. */
    private long dataLeft;

    private int padding;

    /** @param remarks hears what is passed over that is no member at all */
    TarReader(InputStream in, Consumer<String> remarks) {
        this.in = in;
        this.remarks = remarks;
    }

    @Override
    public @Nullable Member next() throws IOException {
        PaxHeader pax = new PaxHeader();
        byte[] longName = null;
        byte[] longLink = null;
        while (!ended) {
            passOver();
            if (!readHeader()) {
                if (longName != null || longLink != null || !pax.isEmpty()) {
                    throw ArchiveException.damaged("it ends after an extended header");
                }
                end();
                return null;
            }
            long at = position - BLOCK_BYTES;
            TarHeader header = TarHeader.parse(block, at);
            switch (header.type()) {
                case 'x', 'X' -> pax.read(extension(header, PaxHeader.BYTES_MAX), at);
                case 'g' -> global.read(extension(header, PaxHeader.BYTES_MAX), at);
                case 'L' -> longName = untilZero(extension(header, LONG_NAME_BYTES_MAX));
                case 'K' -> longLink = untilZero(extension(header, LONG_NAME_BYTES_MAX));
                case 'V' -> begin(header.size());
                case 'M', 'N' ->
                    throw ArchiveException.unsupported(
                            "member at byte %,d continues on another volume, or has a name of an old kind"
                                    .formatted(at),
                            "Join the volumes, or make the archive again as one.");
                default -> {
                    Member member = member(header, pax, longName, longLink, at);
                    if (member != null) {
                        return member;
                    }
                    pax = new PaxHeader();
                    longName = null;
                    longLink = null;
                }
            }
        }
        return null;
    }

    private @Nullable Member member(
            TarHeader header, PaxHeader pax, byte @Nullable [] longName, byte @Nullable [] longLink, long at)
            throws IOException {
        PaxHeader merged = pax.over(global);
        byte[] name =
                merged.bytes("GNU.sparse.name", merged.bytes("path", longName == null ? header.name() : longName));
        byte[] link = merged.bytes("linkpath", longLink == null ? header.link() : longLink);
        Member.Kind kind = kind(header.type(), name);
        long size = kind == Member.Kind.HARD_LINK ? 0 : merged.number("size", header.size());
        if (size < 0) {
            throw ArchiveException.damaged("the header at byte %,d says a size of %d".formatted(at, size));
        }
        if (kind == null) {
            begin(size);
            remarks.accept("a member of the unknown kind '%s' at byte %,d was passed over"
                    .formatted(Character.toString(header.type()), at));
            return null;
        }
        SparseMap old = header.type() == 'S' ? oldSparse(header) : null;
        begin(size);
        SparseMap map = kind != Member.Kind.FILE ? SparseMap.dense(0) : old != null ? old : map(merged, size);
        if (kind == Member.Kind.FILE && map.dataBytes() != dataLeft) {
            throw ArchiveException.damaged("the sparse file at byte %,d has %,d bytes, and a map of %,d"
                    .formatted(at, dataLeft, map.dataBytes()));
        }
        PaxHeader.Time time = merged.time("mtime", header.mtime());
        List<String> losses = new ArrayList<>(merged.losses());
        Owner owner = new Owner(
                id(merged.number("uid", header.uid()), "user", losses),
                id(merged.number("gid", header.gid()), "group", losses),
                PaxHeader.text(merged.bytes("uname", header.user())),
                PaxHeader.text(merged.bytes("gname", header.group())));
        Device device = new Device((int) merged.number("SCHILY.devmajor", header.major()), (int)
                merged.number("SCHILY.devminor", header.minor()));
        return new Member(
                name,
                kind,
                header.mode(),
                owner,
                time.seconds(),
                time.nanos(),
                link,
                device,
                merged.xattrs(losses::add),
                map,
                losses);
    }

    private static int id(long number, String what, List<String> losses) {
        if (number >= 0 && number <= 0xFFFF_FFFFL) {
            return (int) number;
        }
        losses.add("%s %d is none: it becomes 65534 (nobody)".formatted(what, number));
        return 65534;
    }

    private static Member.@Nullable Kind kind(char type, byte[] name) {
        return switch (type) {
            case '0', '\0', '7', 'S' ->
                name.length > 0 && name[name.length - 1] == '/' ? Member.Kind.DIRECTORY : Member.Kind.FILE;
            case '1' -> Member.Kind.HARD_LINK;
            case '2' -> Member.Kind.SYMLINK;
            case '3' -> Member.Kind.CHAR_DEVICE;
            case '4' -> Member.Kind.BLOCK_DEVICE;
            case '5', 'D' -> Member.Kind.DIRECTORY;
            case '6' -> Member.Kind.FIFO;
            default -> null;
        };
    }

    private SparseMap map(PaxHeader pax, long size) throws IOException {
        if (pax.bytes("GNU.sparse.major", NOTHING).length > 0) {
            long major = pax.number("GNU.sparse.major", 0);
            long minor = pax.number("GNU.sparse.minor", 0);
            if (major == 1 && minor == 0) {
                return sparseInData(pax.number("GNU.sparse.realsize", -1));
            }
            if (major > 0) {
                throw ArchiveException.unsupported(
                        "a sparse file of format %d.%d".formatted(major, minor), "Make the archive without --sparse.");
            }
        }
        SparseMap.Builder stretches = pax.stretches();
        return stretches == null
                ? SparseMap.dense(size)
                : stretches.build(pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", size)));
    }

    /** GNU's format 1.0: the map is lines of decimal numbers at the beginning of the data, filled up to whole blocks. */
    private SparseMap sparseInData(long realSize) throws IOException {
        long begin = position;
        long count = line();
        SparseMap.Builder stretches = new SparseMap.Builder();
        for (long i = 0; i < count; i++) {
            long start = line();
            stretches.add(start, line());
        }
        int rest = (int) ((begin - position) & (BLOCK_BYTES - 1));
        skipData(rest);
        return stretches.build(realSize);
    }

    private long line() throws IOException {
        long value = 0;
        for (int digits = 0; ; digits++) {
            int octet = dataLeft > 0 ? in.read() : -1;
            if (octet == '\n' && digits > 0) {
                counted(1);
                return value;
            }
            if (octet < '0' || octet > '9' || digits > 18) {
                throw ArchiveException.damaged("the map of a sparse file at byte %,d is no number".formatted(position));
            }
            counted(1);
            value = 10 * value + octet - '0';
        }
    }

    private SparseMap oldSparse(TarHeader header) throws IOException {
        SparseMap.Builder stretches = new SparseMap.Builder();
        byte[] at = header.block();
        boolean more = addStretches(at, 386, 4, stretches) && at[482] != 0;
        long realSize = TarHeader.number(at, 483, 12, "the size of a sparse file");
        while (more) {
            readFully(block, "the map of a sparse file");
            more = addStretches(block, 0, 21, stretches) && block[504] != 0;
        }
        return stretches.build(realSize);
    }

    private static boolean addStretches(byte[] from, int offset, int count, SparseMap.Builder stretches)
            throws IOException {
        for (int i = offset; i < offset + 24 * count; i += 24) {
            if (from[i] == 0) {
                return false;
            }
            stretches.add(
                    TarHeader.number(from, i, 12, "a place in a sparse file"),
                    TarHeader.number(from, i + 12, 12, "a length in a sparse file"));
        }
        return true;
    }

    @Override
    public InputStream content() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (dataLeft == 0) {
                    return -1;
                }
                int read = in.read(target, offset, (int) Math.min(length, dataLeft));
                if (read < 0) {
                    throw cutOff("the content of a member");
                }
                counted(read);
                return read;
            }
        };
    }

    private void begin(long size) {
        dataLeft = size;
        padding = (int) (-size & (BLOCK_BYTES - 1));
    }

    private void counted(int bytes) {
        position += bytes;
        dataLeft -= bytes;
    }

    private void passOver() throws IOException {
        while (dataLeft > 0) {
            skipData((int) Math.min(dataLeft, 1 << 20));
        }
        if (padding > 0) {
            position += padding;
            if (in.readNBytes(block, 0, padding) < padding) {
                throw cutOff("the content of a member");
            }
            padding = 0;
        }
    }

    private void skipData(int bytes) throws IOException {
        try {
            in.skipNBytes(bytes);
        } catch (java.io.EOFException e) {
            throw cutOff("the content of a member");
        }
        counted(bytes);
    }

    private byte[] extension(TarHeader header, int bytesMax) throws IOException {
        if (header.size() < 0 || header.size() > bytesMax) {
            throw ArchiveException.unsupported(
                    String.format(
                            Locale.ROOT,
                            "an extended header at byte %,d of %,d bytes, more than %,d",
                            position - BLOCK_BYTES,
                            header.size(),
                            bytesMax),
                    "No archive of usual files has one.");
        }
        begin(header.size());
        byte[] bytes = in.readNBytes((int) header.size());
        counted(bytes.length);
        if (dataLeft > 0) {
            throw cutOff("an extended header");
        }
        return bytes;
    }

    private static byte[] untilZero(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOf(bytes, end);
    }

    /** Reads the next header; false at the mark that ends an archive. */
    private boolean readHeader() throws IOException {
        readFully(block, "the next member; an archive ends with a block of zeros, and this does not");
        return !isZero(block);
    }

    private void readFully(byte[] target, String what) throws IOException {
        int read = in.readNBytes(target, 0, target.length);
        position += read;
        if (read < target.length) {
            throw cutOff(what);
        }
    }

    private ArchiveException cutOff(String what) {
        return ArchiveException.damaged("it ends at byte %,d, amid %s".formatted(position, what));
    }

    static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Reads what follows the mark, so that whatever the archive is packed in is checked to its end. */
    private void end() throws IOException {
        ended = true;
        byte[] rest = new byte[64 << 10];
        boolean more = false;
        for (int read = in.read(rest); read >= 0; read = in.read(rest)) {
            more |= !isZero(read == rest.length ? rest : Arrays.copyOf(rest, read));
        }
        if (more) {
            remarks.accept(
                    "what follows the archive's end mark was passed over; one archive after the other is imported"
                            + " one by one");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
