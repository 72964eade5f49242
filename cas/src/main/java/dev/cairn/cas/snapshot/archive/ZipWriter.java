package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.posix.RawName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a zip archive as a stream (PKWARE's APPNOTE.TXT 6.3): deflate, Zip64 where a size or place needs it, names in UTF-8, modes and
 * links of Unix, owners and times in the extra fields of Info-ZIP and, below the second, of NTFS. Nothing in it depends on anything but
 * the entries.
 *
 * <p>The central directory is put aside in blocks, so memory does not grow with the number of entries. For one thread.
 */
final class ZipWriter implements ArchiveWriter {

    /** Contents up to this length are compressed before their header is written, which then has their sizes. */
    private static final int SMALL_BYTES = 64 << 10;

    /** From this length on an entry is in Zip64, whatever becomes of it: deflate makes nothing much longer. */
    private static final long LARGE_BYTES_MIN = 0xF000_0000L;

    private static final int BLOCK_BYTES = 256 << 10;
    private static final int VERSION = 20;
    private static final int VERSION_64 = 45;
    private static final int UNIX = 3 << 8;
    private static final int DESCRIPTOR_FLAG = 1 << 3;

    private final CountedOutput out;
    private final ContentOutput contents;
    private final Losses losses;
    private final RecordSort.Spill spill;
    private final List<Integer> directoryBlocks = new ArrayList<>();
    private final ZipFields directory = new ZipFields();
    private long directoryBytes;
    private long entries;

    ZipWriter(OutputStream out, ContentOutput contents, Losses losses, RecordSort.Spill spill) {
        this.contents = contents;
        this.losses = losses;
        this.spill = spill;
        this.out = new CountedOutput(out);
    }

    @Override
    public boolean hasHardLinks() {
        return false;
    }

    /** How an entry's content stands in the archive. */
    private record Stored(int flags, int method, long crc, long size, long compressedSize, boolean large) {}

    @Override
    public boolean add(byte[] name, Entry entry, byte @Nullable [] linkedTo) throws IOException {
        if (name.length == 0) {
            // The folder that is exported itself: an archive of this format has no name for it.
            return true;
        }
        String reason = unfit(name, entry);
        if (reason != null) {
            losses.lost(entry, reason, true);
            return false;
        }
        if (entry.changedWhileRead()) {
            losses.lost(entry, "zip cannot say that it changed while it was read", false);
        }
        if (!entry.metadata().xattrs().isEmpty()) {
            losses.lost(entry, "zip has no extended attributes", false);
        }
        if (entry.type() == EntryType.FIFO) {
            losses.lost(entry, "programs for zip make an empty file of a FIFO", false);
        }
        byte[] full = entry.isDirectory() ? Arrays.copyOf(name, name.length + 1) : name;
        if (entry.isDirectory()) {
            full[name.length] = '/';
        }
        long offset = out.written();
        Stored stored = entry.type() == EntryType.FILE && entry.size() > SMALL_BYTES
                ? streamed(full, entry)
                : small(full, entry);
        directoryEntry(full, entry, stored, offset);
        return true;
    }

    private static @Nullable String unfit(byte[] name, Entry entry) {
        if (name.length > 0xFFFF - 1) {
            return "a name in zip has at most 65,535 bytes";
        }
        if (!RawName.isUtf8(name)) {
            return "a name in zip is UTF-8";
        }
        return switch (entry.type()) {
            case SOCKET, CHAR_DEVICE, BLOCK_DEVICE -> "zip has no devices and sockets";
            case FILE, DIRECTORY, SYMLINK, FIFO -> null;
        };
    }

    private Stored small(byte[] name, Entry entry) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        if (entry.type() == EntryType.FILE) {
            contents.write(entry.requireContent(), true, plain);
        } else if (entry.type() == EntryType.SYMLINK) {
            plain.writeBytes(entry.requireTarget().bytes());
        }
        byte[] bytes = plain.toByteArray();
        CRC32 crc = new CRC32();
        crc.update(bytes);
        byte[] deflated = deflated(bytes);
        boolean raw = deflated.length >= bytes.length;
        byte[] body = raw ? bytes : deflated;
        Stored stored = new Stored(0, raw ? 0 : 8, crc.getValue(), bytes.length, body.length, false);
        local(name, entry, stored);
        out.write(body);
        return stored;
    }

    private static byte[] deflated(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try (DeflaterOutputStream stream = new DeflaterOutputStream(out, deflater)) {
            stream.write(bytes);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    private Stored streamed(byte[] name, Entry entry) throws IOException {
        Content content = entry.requireContent();
        boolean large = content.size() >= LARGE_BYTES_MIN;
        local(name, entry, new Stored(DESCRIPTOR_FLAG, 8, 0, 0, 0, large));
        long before = out.written();
        CRC32 crc = new CRC32();
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            DeflaterOutputStream stream = new DeflaterOutputStream(out, deflater, 32 << 10);
            contents.write(content, true, new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    write(new byte[] {(byte) octet}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    crc.update(bytes, offset, length);
                    stream.write(bytes, offset, length);
                }
            });
            stream.finish();
        } finally {
            deflater.end();
        }
        Stored stored = new Stored(DESCRIPTOR_FLAG, 8, crc.getValue(), content.size(), out.written() - before, large);
        ZipFields descriptor = new ZipFields().int4(0x08074b50).int4(stored.crc());
        out.write((large
                        ? descriptor.int8(stored.compressedSize()).int8(stored.size())
                        : descriptor.int4(stored.compressedSize()).int4(stored.size()))
                .bytes());
        return stored;
    }

    private static int flags(byte[] name, Stored stored) {
        for (byte b : name) {
            if (b < 0) {
                return stored.flags() | ZipEntry.UTF8_FLAG;
            }
        }
        return stored.flags();
    }

    private void local(byte[] name, Entry entry, Stored stored) throws IOException {
        byte[] extra = ZipFields.extras(entry.metadata());
        ZipFields large = new ZipFields();
        if (stored.large()) {
            large.int2(ZipEntry.EXTRA_LARGE).int2(16).int8(0).int8(0);
        }
        ZipFields header = new ZipFields()
                .int4(ZipDirectory.LOCAL)
                .int2(stored.large() ? VERSION_64 : VERSION)
                .int2(flags(name, stored))
                .int2(stored.method())
                .int4(ZipFields.dosTime(entry.metadata().mtimeSeconds()))
                .int4(stored.crc())
                .int4(stored.large() ? ZipEntry.UNSIGNED_INT_MAX : stored.compressedSize())
                .int4(stored.large() ? ZipEntry.UNSIGNED_INT_MAX : stored.size())
                .int2(name.length)
                .int2(large.size() + extra.length)
                .raw(name)
                .raw(large.bytes())
                .raw(extra);
        out.write(header.bytes());
    }

    private void directoryEntry(byte[] name, Entry entry, Stored stored, long offset) throws IOException {
        ZipFields values = new ZipFields();
        boolean largeSize = stored.size() >= ZipEntry.UNSIGNED_INT_MAX || stored.large();
        boolean largeOffset = offset >= ZipEntry.UNSIGNED_INT_MAX;
        if (largeSize) {
            values.int8(stored.size()).int8(stored.compressedSize());
        }
        if (largeOffset) {
            values.int8(offset);
        }
        ZipFields large = new ZipFields();
        if (values.size() > 0) {
            large.int2(ZipEntry.EXTRA_LARGE).int2(values.size()).raw(values.bytes());
        }
        byte[] extra = ZipFields.extras(entry.metadata());
        int mode = type(entry.type()) | entry.metadata().mode();
        directory
                .int4(ZipDirectory.ENTRY)
                .int2(UNIX | VERSION_64)
                .int2(largeSize || largeOffset ? VERSION_64 : VERSION)
                .int2(flags(name, stored))
                .int2(stored.method())
                .int4(ZipFields.dosTime(entry.metadata().mtimeSeconds()))
                .int4(stored.crc())
                .int4(largeSize ? ZipEntry.UNSIGNED_INT_MAX : stored.compressedSize())
                .int4(largeSize ? ZipEntry.UNSIGNED_INT_MAX : stored.size())
                .int2(name.length)
                .int2(large.size() + extra.length)
                .int2(0)
                .int2(0)
                .int2(0)
                .int4((long) mode << 16 | (entry.isDirectory() ? 0x10 : 0))
                .int4(largeOffset ? ZipEntry.UNSIGNED_INT_MAX : offset)
                .raw(name)
                .raw(large.bytes())
                .raw(extra);
        entries++;
        if (directory.size() >= BLOCK_BYTES) {
            putAside();
        }
    }

    private static int type(EntryType type) {
        return switch (type) {
            case FILE -> ZipEntry.REGULAR;
            case DIRECTORY -> ZipEntry.DIRECTORY;
            case SYMLINK -> ZipEntry.SYMLINK;
            case FIFO -> ZipEntry.FIFO;
            case SOCKET, CHAR_DEVICE, BLOCK_DEVICE -> throw new IllegalArgumentException("zip has no " + type);
        };
    }

    private void putAside() throws IOException {
        byte[] bytes = directory.bytes();
        directoryBlocks.add(spill.blocks().add(bytes, 0, bytes.length));
        directoryBytes += bytes.length;
        directory.clear();
    }

    @Override
    public void finish() throws IOException {
        long start = out.written();
        for (int block : directoryBlocks) {
            out.write(spill.blocks().read(block));
        }
        out.write(directory.bytes());
        directoryBytes += directory.size();
        ZipFields end = new ZipFields();
        if (entries >= 0xFFFF || directoryBytes >= ZipEntry.UNSIGNED_INT_MAX || start >= ZipEntry.UNSIGNED_INT_MAX) {
            end.int4(ZipDirectory.END_64)
                    .int8(44)
                    .int2(UNIX | VERSION_64)
                    .int2(VERSION_64)
                    .int4(0)
                    .int4(0)
                    .int8(entries)
                    .int8(entries)
                    .int8(directoryBytes)
                    .int8(start);
            end.int4(ZipDirectory.LOCATOR_64)
                    .int4(0)
                    .int8(start + directoryBytes)
                    .int4(1);
        }
        int count = (int) Math.min(0xFFFF, entries);
        end.int4(ZipDirectory.END)
                .int2(0)
                .int2(0)
                .int2(count)
                .int2(count)
                .int4(Math.min(ZipEntry.UNSIGNED_INT_MAX, directoryBytes))
                .int4(Math.min(ZipEntry.UNSIGNED_INT_MAX, start))
                .int2(0);
        out.write(end.bytes());
    }
}
