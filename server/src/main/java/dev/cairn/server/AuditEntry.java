package dev.cairn.server;

import dev.cairn.replicator.protocol.DeviceId;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of a server's log: what a device did, or was refused. Immutable.
 *
 * <p>As text: the sequence, the time, the device or a dash, the operation, and {@code key=value} for each detail, with tabs between.
 * Whatever is no printable ASCII, and {@code %} itself, stands as {@code %XX}: nothing that a device says makes a second
 * line.
 *
 * @param sequence its number in the log, from 1
 * @param device null for the server itself
 * @param details in a fixed order
 */
public record AuditEntry(
        long sequence, Instant time, @Nullable DeviceId device, Operation operation, Map<String, String> details) {

    /** The longest line, in bytes. */
    static final int LINE_BYTES_MAX = 8192;

    private static final int VALUE_CHARS_MAX = 1024;

    /** What was done. Words of the file's format. */
    public enum Operation {
        /** A device was let in by a code. */
        ENROL,
        /** Sessions that a device opened. */
        SESSION,
        /** A repository was made. */
        CREATE,
        /** Records that a device stored, with those of one push together. */
        BATCHES,
        /** A branch was moved, or asked to be and was elsewhere. */
        MOVE,
        /** A branch was deleted, or asked to be and was elsewhere. */
        DELETE,
        /** Notes about snapshots were added. */
        ANNOTATE,
        /** The public configuration was replaced, or asked to be. */
        CONFIGURE,
        /** Requests that were refused. */
        REFUSED,
        /** The server found the end of the log cut off, or a part of it damaged. */
        RECOVERED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public AuditEntry {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence (%d) must be positive".formatted(sequence));
        }
        time = time.truncatedTo(ChronoUnit.MILLIS);
        details = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** The line, without its end and the hash. */
    String line() {
        StringBuilder line = new StringBuilder()
                .append(sequence)
                .append('\t')
                .append(time)
                .append('\t')
                .append(device == null ? "-" : device.toString())
                .append('\t')
                .append(operation.word());
        details.forEach(
                (key, value) -> line.append('\t').append(key).append('=').append(escaped(value)));
        return line.toString();
    }

    /**
     * Reads what {@link #line} wrote.
     *
     * @throws IllegalArgumentException if it is not that
     */
    static AuditEntry parse(String line) {
        List<String> fields = List.of(line.split("\t", -1));
        if (fields.size() < 4) {
            throw new IllegalArgumentException("too few fields");
        }
        Map<String, String> details = new LinkedHashMap<>();
        for (String field : fields.subList(4, fields.size())) {
            int equals = field.indexOf('=');
            if (equals < 1 || !field.chars().limit(equals).allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("a detail without a name");
            }
            details.put(field.substring(0, equals), unescaped(field.substring(equals + 1)));
        }
        try {
            return new AuditEntry(
                    Long.parseLong(fields.get(0)),
                    Instant.parse(fields.get(1)),
                    fields.get(2).equals("-") ? null : DeviceId.parse(fields.get(2)),
                    Operation.valueOf(fields.get(3).toUpperCase(Locale.ROOT)),
                    details);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a time: " + fields.get(1), e);
        }
    }

    private static String escaped(String value) {
        StringBuilder text = new StringBuilder();
        String cut = value.length() > VALUE_CHARS_MAX ? value.substring(0, VALUE_CHARS_MAX) : value;
        for (byte b : cut.getBytes(StandardCharsets.UTF_8)) {
            if (b <= ' ' || b == '%' || b == 0x7f) {
                text.append("%%%02x".formatted(b & 0xff));
            } else {
                text.append((char) b);
            }
        }
        return text.toString();
    }

    private static String unescaped(String text) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) != '%') {
                bytes.write(text.charAt(at));
            } else if (at + 3 <= text.length()) {
                bytes.write(Integer.parseInt(text, at + 1, at + 3, 16));
                at += 2;
            } else {
                throw new IllegalArgumentException("half an escaped byte");
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
