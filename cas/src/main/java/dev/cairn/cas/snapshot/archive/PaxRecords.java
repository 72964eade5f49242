package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.posix.RawName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Records of an extended header that is written, in the order in which they are added. */
final class PaxRecords {

    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private boolean binary;

    /** A record whose value is text, or a name that should be: one that is not UTF-8 is said to be binary. */
    void add(String keyword, byte[] value) {
        binary |= !RawName.isUtf8(value);
        addBytes(keyword.getBytes(StandardCharsets.US_ASCII), value);
    }

    void add(String keyword, String value) {
        add(keyword, value.getBytes(StandardCharsets.UTF_8));
    }

    /** An extended attribute: its name with {@code %} and {@code =} escaped, as GNU tar does. */
    void addXattr(byte[] name, byte[] value) {
        ByteArrayOutputStream keyword = new ByteArrayOutputStream();
        keyword.writeBytes("SCHILY.xattr.".getBytes(StandardCharsets.US_ASCII));
        for (byte b : name) {
            if (b == '%' || b == '=') {
                keyword.writeBytes((b == '%' ? "%25" : "%3D").getBytes(StandardCharsets.US_ASCII));
            } else {
                keyword.write(b);
            }
        }
        addBytes(keyword.toByteArray(), value);
    }

    /** What {@code tar --acls} looks for, where an attribute is an access list that is whole: the list as text. */
    void addAccessList(byte[] name, byte[] value) {
        String attribute = new String(name, StandardCharsets.ISO_8859_1);
        for (String kind : AccessList.KINDS) {
            if (attribute.equals(AccessList.ATTRIBUTE + kind)) {
                try {
                    add(AccessList.KEYWORD + kind, AccessList.ofAttribute(value).text());
                } catch (AccessList.UnreadableException e) {
                    // The attribute stands there as it is.
                    return;
                }
            }
        }
    }

    private void addBytes(byte[] keyword, byte[] value) {
        int rest = 1 + keyword.length + 1 + value.length + 1;
        int length = rest + String.valueOf(rest).length();
        if (length - rest < String.valueOf(length).length()) {
            length++;
        }
        records.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
        records.writeBytes(keyword);
        records.write('=');
        records.writeBytes(value);
        records.write('\n');
    }

    boolean isEmpty() {
        return records.size() == 0;
    }

    /** The header's content. */
    byte[] bytes() {
        byte[] plain = records.toByteArray();
        if (!binary) {
            return plain;
        }
        PaxRecords first = new PaxRecords();
        first.add("hdrcharset", "BINARY");
        first.records.writeBytes(plain);
        return first.records.toByteArray();
    }
}
