package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.posix.Accounts;
import dev.cairn.cas.posix.RawName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A POSIX access control list (the withdrawn draft 1003.1e) in the two forms that archives know: as text, which GNU tar and star write under
 * {@code SCHILY.acl}, an entry a line or between commas, such as {@code user:lisa:r-x}; and as the attribute that Linux has, of
 * which the layout stands in its {@code posix_acl_xattr.h}: a version, then a tag, rights and an id for each entry, little-endian.
 *
 * <p>Text names accounts, and the attribute has numbers: a name is looked up on this machine, as {@code tar --acls} does, unless
 * star's number stands behind the rights. The list that is made has the order in which the kernel keeps one.
 */
final class AccessList {

    /** Keywords and attributes end alike: {@code access} or {@code default}. */
    static final List<String> KINDS = List.of("access", "default");

    static final String KEYWORD = "SCHILY.acl.";
    static final String ATTRIBUTE = "system.posix_acl_";

    private static final int VERSION = 2;
    private static final int HEAD_BYTES = 4;
    private static final int ENTRY_BYTES = 8;
    private static final int ENTRIES_MAX = (Xattr.VALUE_BYTES_MAX - HEAD_BYTES) / ENTRY_BYTES;
    private static final int WORD_BYTES_MAX = 4 << 10;
    private static final int NO_ID = -1;

    /** What an entry is for, in the kernel's order. */
    private enum Tag {
        USER_OBJECT(0x01, "user"),
        USER(0x02, "user"),
        GROUP_OBJECT(0x04, "group"),
        GROUP(0x08, "group"),
        MASK(0x10, "mask"),
        OTHER(0x20, "other");

        private final int code;
        private final String word;

        Tag(int code, String word) {
            this.code = code;
            this.word = word;
        }

        boolean isNamed() {
            return this == USER || this == GROUP;
        }

        static @Nullable Tag of(int code) {
            for (Tag tag : values()) {
                if (tag.code == code) {
                    return tag;
                }
            }
            return null;
        }
    }

    /** @param id of a user or a group, unsigned; {@link #NO_ID} where the tag says all */
    private record Right(Tag tag, int rights, int id) {}

    /** Text that is no list, or names whom nobody knows here. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableException(String reason) {
            super(reason);
        }
    }

    private final List<Right> entries;

    private AccessList(List<Right> entries) {
        this.entries = entries;
    }

    /** The list that {@code text} says. */
    static AccessList ofText(byte[] text) throws UnreadableException {
        List<Right> entries = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length; i++) {
            if (i < text.length && text[i] != '\n' && text[i] != ',') {
                continue;
            }
            if (i - start > WORD_BYTES_MAX || entries.size() == ENTRIES_MAX) {
                throw new UnreadableException("it is longer than any that a system takes");
            }
            String entry = new String(text, start, i - start, StandardCharsets.UTF_8)
                    .replaceFirst("#.*", "")
                    .strip();
            if (!entry.isEmpty()) {
                entries.add(right(entry));
            }
            start = i + 1;
        }
        return checked(entries);
    }

    /** The list that an attribute holds. */
    static AccessList ofAttribute(byte[] value) throws UnreadableException {
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (value.length < HEAD_BYTES || value.length % ENTRY_BYTES != HEAD_BYTES || in.getInt() != VERSION) {
            throw new UnreadableException("it is of another version");
        }
        List<Right> entries = new ArrayList<>();
        while (in.hasRemaining()) {
            Tag tag = Tag.of(in.getShort());
            int rights = in.getShort();
            int id = in.getInt();
            if (tag == null || (rights & ~7) != 0) {
                throw new UnreadableException("it has entries of another kind");
            }
            if (tag.isNamed() && id == NO_ID) {
                throw new UnreadableException("it has an entry for nobody");
            }
            entries.add(new Right(tag, rights, tag.isNamed() ? id : NO_ID));
        }
        return checked(entries);
    }

    private static AccessList checked(List<Right> entries) throws UnreadableException {
        Set<Object> seen = new HashSet<>();
        boolean named = false;
        for (Right right : entries) {
            named |= right.tag.isNamed();
            if (!seen.add(right.tag.isNamed() ? List.of(right.tag, right.id) : right.tag)) {
                throw new UnreadableException("it has an entry twice");
            }
        }
        for (Tag tag : List.of(Tag.USER_OBJECT, Tag.GROUP_OBJECT, Tag.OTHER)) {
            if (!seen.contains(tag)) {
                throw new UnreadableException("it lacks an entry");
            }
        }
        if (named && !seen.contains(Tag.MASK)) {
            throw new UnreadableException("it lacks a mask");
        }
        entries.sort(Comparator.comparing(Right::tag).thenComparing(Right::id, Integer::compareUnsigned));
        return new AccessList(entries);
    }

    private static Right right(String entry) throws UnreadableException {
        // type:who:rights, and star's number behind; of mask and other also type:rights.
        String[] fields = entry.split(":", -1);
        String type = fields[0].toLowerCase(Locale.ROOT);
        boolean isShort = fields.length == 2 && ("mask".startsWith(type) || "other".startsWith(type));
        if (type.isEmpty() || fields.length > 4 || (fields.length < 3 && !isShort)) {
            throw malformed(entry);
        }
        String who = isShort ? "" : unescaped(fields[1].strip());
        int rights = rights(entry, fields[isShort ? 1 : 2].strip());
        boolean anybody = who.isEmpty();
        if ("user".startsWith(type)) {
            return anybody
                    ? new Right(Tag.USER_OBJECT, rights, NO_ID)
                    : new Right(Tag.USER, rights, id("user", who, fields));
        }
        if ("group".startsWith(type)) {
            return anybody
                    ? new Right(Tag.GROUP_OBJECT, rights, NO_ID)
                    : new Right(Tag.GROUP, rights, id("group", who, fields));
        }
        if (!anybody) {
            throw malformed(entry);
        }
        if ("mask".startsWith(type)) {
            return new Right(Tag.MASK, rights, NO_ID);
        }
        if ("other".startsWith(type)) {
            return new Right(Tag.OTHER, rights, NO_ID);
        }
        throw malformed(entry);
    }

    private static int rights(String entry, String text) throws UnreadableException {
        int rights = 0;
        for (int i = 0; i < text.length(); i++) {
            rights |= switch (text.charAt(i)) {
                case 'r' -> 4;
                case 'w' -> 2;
                case 'x' -> 1;
                case '-' -> 0;
                default -> throw malformed(entry);
            };
        }
        return rights;
    }

    private static int id(String what, String who, String... fields) throws UnreadableException {
        long number = number(fields.length == 4 ? fields[3].strip() : who);
        if (number < 0) {
            number = what.equals("user") ? Accounts.userId(who) : Accounts.groupId(who);
        }
        if (number < 0) {
            throw new UnreadableException("this machine has no %s '%s'".formatted(what, RawName.display(who)));
        }
        return (int) number;
    }

    /** An id that stands as such; -1 where it is none. */
    private static long number(String text) {
        long number = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : -1;
        return number < 0xFFFF_FFFFL ? number : -1;
    }

    /** Names have what would part them as a backslash and three octal digits. */
    private static String unescaped(String name) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            if (name.startsWith("\\", i) && name.substring(i + 1).matches("(?s)[0-3][0-7][0-7].*")) {
                plain.append((char) Integer.parseInt(name, i + 1, i + 4, 8));
                i += 3;
            } else {
                plain.append(name.charAt(i));
            }
        }
        return plain.toString();
    }

    private static UnreadableException malformed(String entry) {
        String shown = entry.length() > 80 ? entry.substring(0, 80) : entry;
        return new UnreadableException("it has the entry '" + RawName.display(shown) + "'");
    }

    /** Whether it says no more than the nine bits of a mode do. */
    boolean isMinimal() {
        return entries.size() == 3;
    }

    /** The value of the attribute. */
    byte[] attribute() {
        ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + ENTRY_BYTES * entries.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(VERSION);
        for (Right right : entries) {
            out.putShort((short) right.tag.code).putShort((short) right.rights).putInt(right.id);
        }
        return out.array();
    }

    /** An entry a line, with numbers for names. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Right right : entries) {
            text.append(right.tag.word)
                    .append(':')
                    .append(right.tag.isNamed() ? Integer.toUnsignedString(right.id) : "")
                    .append(':')
                    .append((right.rights & 4) != 0 ? 'r' : '-')
                    .append((right.rights & 2) != 0 ? 'w' : '-')
                    .append((right.rights & 1) != 0 ? 'x' : '-')
                    .append('\n');
        }
        return text.toString();
    }
}
