package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.RawName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A tar archive made byte by byte, so that it can say what no program would. */
final class TarBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    TarBytes file(String name, String content) {
        return member(RawName.of(name), '0', RawName.of(content), "");
    }

    TarBytes folder(String name) {
        return member(RawName.of(name), '5', new byte[0], "");
    }

    TarBytes symlink(String name, String target) {
        return member(RawName.of(name), '2', new byte[0], target);
    }

    TarBytes hardLink(String name, String target) {
        return member(RawName.of(name), '1', new byte[0], target);
    }

    /** An extended header of one record. */
    TarBytes pax(String keyword, byte[] value) {
        byte[] record = new byte[keyword.length() + value.length + 9];
        Arrays.fill(record, (byte) '0');
        byte[] length = "%05d ".formatted(record.length).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(length, 0, record, 0, 6);
        System.arraycopy(RawName.of(keyword + "="), 0, record, 6, keyword.length() + 1);
        System.arraycopy(value, 0, record, keyword.length() + 7, value.length);
        byte[] exact = Arrays.copyOf(record, keyword.length() + value.length + 8);
        System.arraycopy("%05d ".formatted(exact.length).getBytes(StandardCharsets.US_ASCII), 0, exact, 0, 6);
        exact[exact.length - 1] = '\n';
        return member(RawName.of("pax"), 'x', exact, "");
    }

    TarBytes member(byte[] name, char type, byte[] content, String link) {
        return header(name, type, content.length, link).raw(content);
    }

    TarBytes header(byte[] name, char type, long size, String link) {
        byte[] header = new byte[512];
        System.arraycopy(name, 0, header, 0, Math.min(100, name.length));
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(size));
        put(header, 136, "00000000001");
        header[156] = (byte) type;
        byte[] target = RawName.of(link);
        System.arraycopy(target, 0, header, 157, Math.min(100, target.length));
        put(header, 257, "ustar\u000000");
        put(header, 148, "        ");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        put(header, 148, "%06o".formatted(sum));
        header[154] = 0;
        return raw(header);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    /** Bytes as they are, filled up to a block. */
    TarBytes raw(byte[] bytes) {
        out.writeBytes(Arrays.copyOf(bytes, (bytes.length + 511) / 512 * 512));
        return this;
    }

    byte[] unended() {
        return out.toByteArray();
    }

    byte[] bytes() {
        byte[] bytes = out.toByteArray();
        return Arrays.copyOf(bytes, bytes.length + 1024);
    }
}
