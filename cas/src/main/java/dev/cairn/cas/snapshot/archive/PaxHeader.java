package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.RawName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of an extended header of a PAX archive: keywords and values, both bytes. A keyword is held as a string of its bytes
 * (ISO-8859-1).
 */
final class PaxHeader {

    /** The longest header, in bytes: an entry has at most a MiB of attributes, and a sparse map some numbers. */
    static final int BYTES_MAX = 4 << 20;

    /** The most records that are held, of all headers that count at once: each takes some 150 bytes beside its own. */
    static final int RECORDS_MAX = Xattrs.COUNT_MAX + 1024;

    private static final String XATTR = "SCHILY.xattr.";

    private final Map<String, byte[]> records = new LinkedHashMap<>();

    /** Bytes of keywords and values in {@link #records}. */
    private long recordBytes;

    /** GNU's formats 0.0 and 0.1 of sparse files, of which the former repeats its keywords. */
    private SparseMap.@Nullable Builder stretches;

    private long stretchStart = -1;

    /** Seconds since 1970 and nanoseconds after that. */
    record Time(long seconds, int nanos) {}

    boolean isEmpty() {
        return records.isEmpty() && stretches == null;
    }

    /**
     * Reads records of {@code length keyword=value\n}.
     *
     * @param at where the header stands, for messages
     */
    void read(byte[] bytes, long at) throws IOException {
        int i = 0;
        while (i < bytes.length) {
            int length = 0;
            int digits = i;
            while (digits < bytes.length && digits - i < 9 && bytes[digits] >= '0' && bytes[digits] <= '9') {
                length = 10 * length + bytes[digits++] - '0';
            }
            int end = i + length;
            boolean sound = digits > i
                    && digits < bytes.length
                    && bytes[digits] == ' '
                    && end > digits + 1
                    && end <= bytes.length
                    && bytes[end - 1] == '\n';
            int equals = digits + 1;
            while (sound && equals < end && bytes[equals] != '=') {
                equals++;
            }
            if (!sound || equals >= end) {
                throw ArchiveException.damaged(
                        "the extended header at byte %,d has no record at its byte %d".formatted(at, i));
            }
            String keyword = new String(bytes, digits + 1, equals - digits - 1, StandardCharsets.ISO_8859_1);
            put(keyword, Arrays.copyOfRange(bytes, equals + 1, end - 1));
            i = end;
        }
    }

    private void put(String keyword, byte[] value) throws IOException {
        switch (keyword) {
            case "GNU.sparse.offset" -> stretchStart = decimal(keyword, value);
            case "GNU.sparse.numbytes" -> {
                builder().add(stretchStart, decimal(keyword, value));
                stretchStart = -1;
            }
            case "GNU.sparse.map" -> {
                int at = 0;
                for (int end = comma(value, 0); end < value.length; end = comma(value, at)) {
                    int last = comma(value, end + 1);
                    builder().add(decimal(keyword, value, at, end), decimal(keyword, value, end + 1, last));
                    at = Math.min(last + 1, value.length);
                }
            }
            default -> keep(keyword, value);
        }
    }

    /** Where the next comma stands, or the end. */
    private static int comma(byte[] value, int from) {
        int at = from;
        while (at < value.length && value[at] != ',') {
            at++;
        }
        return at;
    }

    private void keep(String keyword, byte[] value) throws IOException {
        byte[] before = records.put(keyword, value);
        recordBytes += value.length - (before == null ? -keyword.length() : before.length);
        if (recordBytes > BYTES_MAX || records.size() > RECORDS_MAX) {
            throw ArchiveException.unsupported(
                    String.format(
                            Locale.ROOT,
                            "extended headers that hold more than %,d records or %,d bytes at once",
                            RECORDS_MAX,
                            BYTES_MAX),
                    "No archive of usual files has them.");
        }
    }

    private SparseMap.Builder builder() {
        if (stretches == null) {
            stretches = new SparseMap.Builder();
        }
        return stretches;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** These records before those of {@code global}. */
    PaxHeader over(PaxHeader global) {
        if (global.isEmpty()) {
            return this;
        }
        PaxHeader merged = new PaxHeader();
        merged.records.putAll(global.records);
        merged.records.putAll(records);
        merged.stretches = stretches;
        return merged;
    }

    /** The map of a sparse file, null if it is none of formats 0.0 and 0.1. */
    SparseMap.@Nullable Builder stretches() {
        return stretches;
    }

    /** The value of a keyword; an empty value takes a global one back. */
    byte[] bytes(String keyword, byte[] otherwise) {
        byte[] value = records.get(keyword);
        return value == null || value.length == 0 ? otherwise : value;
    }

    /** A number that is not negative. */
    long number(String keyword, long otherwise) throws IOException {
        byte[] value = records.get(keyword);
        return value == null || value.length == 0 ? otherwise : decimal(keyword, value);
    }

    private static long decimal(String keyword, byte[] value) throws IOException {
        return decimal(keyword, value, 0, value.length);
    }

    private static long decimal(String keyword, byte[] value, int from, int to) throws IOException {
        long number = 0;
        for (int i = from; i < to; i++) {
            byte b = value[i];
            if (b < '0' || b > '9' || number > (Long.MAX_VALUE - 9) / 10) {
                throw noNumber(keyword);
            }
            number = 10 * number + b - '0';
        }
        if (from == to) {
            throw noNumber(keyword);
        }
        return number;
    }

    private static ArchiveException noNumber(String keyword) {
        return ArchiveException.damaged(
                "the value of " + RawName.display(ascii(keyword)) + " in an extended header is no number");
    }

    /** A time with any number of decimals, of either sign. */
    Time time(String keyword, long otherwise) throws IOException {
        byte[] value = records.get(keyword);
        if (value == null || value.length == 0) {
            return new Time(otherwise, 0);
        }
        boolean negative = value[0] == '-';
        int start = negative ? 1 : 0;
        int point = start;
        while (point < value.length && value[point] != '.') {
            point++;
        }
        long seconds = decimal(keyword, Arrays.copyOfRange(value, start, point));
        int nanos = 0;
        for (int i = 1; i <= 9; i++) {
            int digit = point + i < value.length ? value[point + i] - '0' : 0;
            if (digit < 0 || digit > 9) {
                throw noNumber(keyword);
            }
            nanos = 10 * nanos + digit;
        }
        if (!negative) {
            return new Time(seconds, nanos);
        }
        return nanos == 0 ? new Time(-seconds, 0) : new Time(-seconds - 1, 1_000_000_000 - nanos);
    }

    /**
     * The extended attributes: keywords have {@code %} and {@code =} escaped, as GNU tar does. Access lists that stand as text are among them
     * as the attributes that a system has in their place.
     *
     * @param losses hears of lists that cannot be kept
     */
    List<Xattr> xattrs(Consumer<String> losses) {
        List<Xattr> attributes = new ArrayList<>();
        records.forEach((keyword, value) -> {
            if (keyword.startsWith(XATTR) && isKept(keyword, value)) {
                attributes.add(new Xattr(unescaped(keyword.substring(XATTR.length())), value));
            }
        });
        for (String kind : AccessList.KINDS) {
            byte[] text = bytes(AccessList.KEYWORD + kind, new byte[0]);
            // Where the attribute itself stands in the archive it is the exact one.
            if (text.length == 0 || records.containsKey(XATTR + AccessList.ATTRIBUTE + kind)) {
                continue;
            }
            try {
                AccessList list = AccessList.ofText(text);
                if (!list.isMinimal() || !kind.equals("access")) {
                    attributes.add(new Xattr(ascii(AccessList.ATTRIBUTE + kind), list.attribute()));
                }
            } catch (AccessList.UnreadableException e) {
                losses.accept("its access list " + AccessList.KEYWORD + kind + " is not kept: " + e.getMessage());
            }
        }
        return attributes;
    }

    /** What is said here that no snapshot keeps, beside access lists. */
    List<String> losses() {
        List<String> losses = new ArrayList<>();
        records.forEach((keyword, value) -> {
            boolean isList = AccessList.KINDS.stream().anyMatch(kind -> keyword.equals(AccessList.KEYWORD + kind));
            if ((keyword.startsWith(AccessList.KEYWORD) && !isList) || keyword.startsWith("RHT.security.")) {
                losses.add("its access list or label " + RawName.display(ascii(keyword)) + " is not kept");
            } else if (keyword.startsWith(XATTR) && !isKept(keyword, value)) {
                losses.add("an attribute is none that a system takes, and is not kept");
            }
        });
        return losses;
    }

    private static boolean isKept(String keyword, byte[] value) {
        int name = unescaped(keyword.substring(XATTR.length())).length;
        return name > 0
                && name <= Xattr.NAME_BYTES_MAX
                && value.length <= Xattr.VALUE_BYTES_MAX
                && keyword.indexOf('\0') < 0;
    }

    private static byte[] unescaped(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < name.length(); i++) {
            if (name.startsWith("%3D", i) || name.startsWith("%25", i)) {
                out.write(name.charAt(i + 1) == '3' ? '=' : '%');
                i += 2;
            } else {
                out.write(name.charAt(i));
            }
        }
        return out.toByteArray();
    }

    /** The name of a user or group; empty where it is none that a snapshot keeps. */
    static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return Owner.isName(text) ? text : "";
        } catch (CharacterCodingException e) {
            return "";
        }
    }
}
