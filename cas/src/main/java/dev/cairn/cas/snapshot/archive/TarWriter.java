package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Device;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes a tar archive of POSIX.1-2001 (PAX): what a header of 1988 cannot hold stands in an extended header before it. Sparse files are
 * those of GNU tar's format 1.0, extended attributes {@code SCHILY.xattr} as GNU tar and star have them. Nothing in it depends on
 * anything but the entries. For one thread.
 */
final class TarWriter implements ArchiveWriter {

    private static final int NAME_BYTES = 100;
    private static final int OWNER_NAME_BYTES = 32;
    private static final long SEVEN_DIGITS_MAX = 07777777;
    private static final long ELEVEN_DIGITS_MAX = 077777777777L;
    private static final int RECORD_BYTES = 20 * TarReader.BLOCK_BYTES;

    private final CountedOutput out;
    private final ContentOutput contents;
    private final Losses losses;

    TarWriter(OutputStream out, ContentOutput contents, Losses losses) {
        this.out = new CountedOutput(out);
        this.contents = contents;
        this.losses = losses;
    }

    @Override
    public boolean hasHardLinks() {
        return true;
    }

    @Override
    public boolean add(byte[] name, Entry entry, byte @Nullable [] linkedTo) throws IOException {
        if (entry.type() == EntryType.SOCKET) {
            losses.lost(entry, "tar has no sockets", true);
            return false;
        }
        if (entry.changedWhileRead()) {
            losses.lost(entry, "tar cannot say that it changed while it was read", false);
        }
        byte[] full = entry.isDirectory() ? (name.length == 0 ? RawName.of("./") : slashed(name)) : name;
        PaxRecords pax = new PaxRecords();
        Content content = linkedTo == null ? entry.content() : null;
        SparseMap map = content == null ? SparseMap.dense(0) : contents.map(content);
        boolean sparse = map.dataBytes() < map.size();
        byte[] sparseMap = sparse ? sparseMap(map) : new byte[0];
        byte[] link = linkedTo != null
                ? linkedTo
                : entry.target() != null ? entry.requireTarget().bytes() : new byte[0];
        byte[] headerName = full;
        if (sparse) {
            pax.add("GNU.sparse.major", "1");
            pax.add("GNU.sparse.minor", "0");
            pax.add("GNU.sparse.name", full);
            pax.add("GNU.sparse.realsize", String.valueOf(map.size()));
            headerName = joined(RawName.of("GNUSparseFile.0/"), entry.path().name());
        } else if (needsPax(full, NAME_BYTES)) {
            pax.add("path", full);
        }
        if (needsPax(link, NAME_BYTES)) {
            pax.add("linkpath", link);
        }
        for (Xattr attribute : entry.metadata().xattrs().load(contents.objects())) {
            pax.addXattr(attribute.name(), attribute.value());
            pax.addAccessList(attribute.name(), attribute.value());
        }
        long size = sparseMap.length + map.dataBytes();
        byte[] header = header(headerName, link, type(entry, linkedTo), entry, size, pax);
        if (!pax.isEmpty()) {
            extended(pax, full);
        }
        out.write(header);
        if (content != null) {
            out.write(sparseMap);
            contents.write(content, !sparse, out);
            fill(TarReader.BLOCK_BYTES);
        }
        return true;
    }

    /** Whether a name does not stand in a header as every reader takes it: it is long, or UTF-8 beyond ASCII. */
    private static boolean needsPax(byte[] name, int bytesMax) {
        if (name.length > bytesMax) {
            return true;
        }
        boolean ascii = true;
        for (byte b : name) {
            ascii &= b > 0;
        }
        return !ascii && RawName.isUtf8(name);
    }

    private static char type(Entry entry, byte @Nullable [] linkedTo) {
        if (linkedTo != null) {
            return '1';
        }
        return switch (entry.type()) {
            case FILE -> '0';
            case SYMLINK -> '2';
            case CHAR_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
            case SOCKET -> throw new IllegalArgumentException("tar has no sockets");
        };
    }

    private static byte[] header(byte[] name, byte[] link, char type, Entry entry, long size, PaxRecords pax) {
        Metadata metadata = entry.metadata();
        Owner owner = metadata.owner();
        byte[] user = owner.user().getBytes(StandardCharsets.UTF_8);
        byte[] group = owner.group().getBytes(StandardCharsets.UTF_8);
        Device device = entry.device() == null ? new Device(0, 0) : Objects.requireNonNull(entry.device());
        Block block = new Block(name, metadata.mode(), type);
        block.text(157, NAME_BYTES, link);
        block.text(265, OWNER_NAME_BYTES, user);
        block.text(297, OWNER_NAME_BYTES, group);
        if (needsPax(user, OWNER_NAME_BYTES)) {
            pax.add("uname", user);
        }
        if (needsPax(group, OWNER_NAME_BYTES)) {
            pax.add("gname", group);
        }
        number(block, 108, 7, "uid", owner.uidUnsigned(), SEVEN_DIGITS_MAX, pax);
        number(block, 116, 7, "gid", owner.gidUnsigned(), SEVEN_DIGITS_MAX, pax);
        number(block, 124, 11, "size", size, ELEVEN_DIGITS_MAX, pax);
        number(block, 329, 7, "SCHILY.devmajor", Integer.toUnsignedLong(device.major()), SEVEN_DIGITS_MAX, pax);
        number(block, 337, 7, "SCHILY.devminor", Integer.toUnsignedLong(device.minor()), SEVEN_DIGITS_MAX, pax);
        long seconds = metadata.mtimeSeconds();
        boolean plain = seconds >= 0 && seconds <= ELEVEN_DIGITS_MAX;
        block.octal(136, 11, plain ? seconds : 0);
        if (!plain || metadata.mtimeNanos() != 0) {
            pax.add("mtime", time(seconds, metadata.mtimeNanos()));
        }
        return block.sealed();
    }

    private static void number(
            Block block, int offset, int digits, String keyword, long value, long max, PaxRecords pax) {
        block.octal(offset, digits, value <= max ? value : 0);
        if (value > max) {
            pax.add(keyword, String.valueOf(value));
        }
    }

    /** Seconds and their decimals, the sign before both. */
    private static String time(long seconds, int nanos) {
        if (nanos == 0) {
            return String.valueOf(seconds);
        }
        boolean negative = seconds < 0;
        long whole = negative ? -(seconds + 1) : seconds;
        String decimals = String.format(Locale.ROOT, "%09d", negative ? 1_000_000_000 - nanos : nanos);
        int end = decimals.length();
        while (decimals.charAt(end - 1) == '0') {
            end--;
        }
        return (negative ? "-" : "") + whole + "." + decimals.substring(0, end);
    }

    private void extended(PaxRecords pax, byte[] name) throws IOException {
        byte[] records = pax.bytes();
        Block block = new Block(joined(RawName.of("PaxHeaders/"), name), 0644, 'x');
        block.octal(108, 7, 0);
        block.octal(116, 7, 0);
        block.octal(124, 11, records.length);
        block.octal(136, 11, 0);
        out.write(block.sealed());
        out.write(records);
        fill(TarReader.BLOCK_BYTES);
    }

    private static byte[] sparseMap(SparseMap map) {
        StringBuilder lines = new StringBuilder();
        boolean trailing = map.stretches() == 0 || map.end(map.stretches() - 1) < map.size();
        lines.append(map.stretches() + (trailing ? 1 : 0)).append('\n');
        for (int i = 0; i < map.stretches(); i++) {
            lines.append(map.start(i))
                    .append('\n')
                    .append(map.end(i) - map.start(i))
                    .append('\n');
        }
        if (trailing) {
            // As GNU tar ends a file that ends with a hole.
            lines.append(map.size()).append("\n0\n");
        }
        byte[] text = lines.toString().getBytes(StandardCharsets.US_ASCII);
        int blocks = (text.length + TarReader.BLOCK_BYTES - 1) / TarReader.BLOCK_BYTES;
        return Arrays.copyOf(text, blocks * TarReader.BLOCK_BYTES);
    }

    private static byte[] slashed(byte[] name) {
        return joined(name, new byte[] {'/'});
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private void fill(int unit) throws IOException {
        out.write(new byte[(int) (-out.written() & (unit - 1))]);
    }

    @Override
    public void finish() throws IOException {
        out.write(new byte[2 * TarReader.BLOCK_BYTES]);
        out.write(new byte[(int) ((RECORD_BYTES - out.written() % RECORD_BYTES) % RECORD_BYTES)]);
    }

    /** A header under construction. */
    private static final class Block {
        private final byte[] bytes = new byte[TarReader.BLOCK_BYTES];

        Block(byte[] name, int mode, char type) {
            text(0, NAME_BYTES, name);
            octal(100, 7, mode);
            bytes[156] = (byte) type;
            text(257, 8, RawName.of("ustar\00000"));
        }

        void text(int offset, int length, byte[] text) {
            System.arraycopy(text, 0, bytes, offset, Math.min(length, text.length));
        }

        void octal(int offset, int digits, long value) {
            long rest = value;
            for (int i = offset + digits - 1; i >= offset; i--) {
                bytes[i] = (byte) ('0' + (rest & 7));
                rest >>>= 3;
            }
        }

        byte[] sealed() {
            Arrays.fill(bytes, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte b : bytes) {
                sum += b & 0xFF;
            }
            octal(148, 6, sum);
            bytes[154] = 0;
            return bytes;
        }
    }
}
