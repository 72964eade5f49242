package dev.cairn.cas.manifest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A path below the root of a snapshot, as bytes: names need not be UTF-8. The root itself is the empty path.
 *
 * <p>Held as its <em>key</em>: the components joined by a zero byte. The unsigned bytewise order of keys is the order of
 * paths component by component: a directory comes right before what is beneath it, depth first.
 *
 * <p>A path cannot lead out of its root or name nothing: no component is empty, {@code .} or {@code ..}, none contains a
 * slash or a zero byte. Every way to make one checks this.
 *
 * <p>Immutable; costs its bytes and some 32 more.
 */
public final class EntryPath implements Comparable<EntryPath> {

    /**
     * The longest component, in bytes. Linux allows 255; 255 UTF-16 units of other systems are up to 765 bytes of UTF-8,
     * and file systems in user space go up to 1024.
     */
    public static final int NAME_BYTES_MAX = 1024;

    /** The longest path, in bytes: four times Linux's longest argument, since deep trees are reached step by step. */
    public static final int PATH_BYTES_MAX = 16 << 10;

    /** The most components of a path. */
    public static final int DEPTH_MAX = 2048;

    /** The root of a snapshot. */
    public static final EntryPath ROOT = new EntryPath(new byte[0], 0);

    private final byte[] key;
    private final int depth;

    private EntryPath(byte[] key, int depth) {
        this.key = key;
        this.depth = depth;
    }

    /**
     * The path with this key. The array is not copied: do not change it.
     *
     * @throws IllegalArgumentException if a component is not a name, or a limit is passed
     */
    public static EntryPath ofKey(byte[] key) {
        String fault = fault(key, (byte) 0);
        if (fault != null) {
            throw new IllegalArgumentException("not a path: " + render(key, 0, key.length) + ": " + fault);
        }
        return key.length == 0 ? ROOT : new EntryPath(key, depthOf(key));
    }

    /**
     * The path whose components stand in {@code bytes}, separated by single slashes; empty for the root.
     *
     * @throws IllegalArgumentException as {@link #ofKey}; a leading or trailing slash too
     */
    public static EntryPath parse(byte[] bytes) {
        String fault = fault(bytes, (byte) '/');
        if (fault != null) {
            throw new IllegalArgumentException("not a path: " + render(bytes, 0, bytes.length) + ": " + fault);
        }
        byte[] key = bytes.clone();
        for (int i = 0; i < key.length; i++) {
            if (key[i] == '/') {
                key[i] = 0;
            }
        }
        return ofKey(key);
    }

    /** As {@link #parse(byte[])}, of the UTF-8 bytes of {@code path}. */
    public static EntryPath parse(String path) {
        return parse(path.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The path of {@code name} in this directory.
     *
     * @throws IllegalArgumentException if that is not a name, or the path would be too long or too deep
     */
    public EntryPath child(byte[] name) {
        String fault = nameFault(name, 0, name.length);
        if (fault == null) {
            fault = sizeFault(key.length + 1L + name.length, depth + 1);
        }
        if (fault != null) {
            throw new IllegalArgumentException(
                    "not a name in " + this + ": " + render(name, 0, name.length) + ": " + fault);
        }
        if (depth == 0) {
            return new EntryPath(name.clone(), 1);
        }
        byte[] child = Arrays.copyOf(key, key.length + 1 + name.length);
        System.arraycopy(name, 0, child, key.length + 1, name.length);
        return new EntryPath(child, depth + 1);
    }

    /** As {@link #child(byte[])}, of the UTF-8 bytes of {@code name}. */
    public EntryPath child(String name) {
        return child(name.getBytes(StandardCharsets.UTF_8));
    }

    /** The directory that this path stands in; null for the root. */
    public @Nullable EntryPath parent() {
        return switch (depth) {
            case 0 -> null;
            case 1 -> ROOT;
            default -> new EntryPath(Arrays.copyOf(key, nameOffset() - 1), depth - 1);
        };
    }

    /** The last component, in a new array; empty for the root. */
    public byte[] name() {
        return Arrays.copyOfRange(key, nameOffset(), key.length);
    }

    /** The number of components, 0 for the root. */
    public int depth() {
        return depth;
    }

    /** Whether this is the root of the snapshot. */
    public boolean isRoot() {
        return depth == 0;
    }

    /** Whether this path is {@code ancestor} or beneath it. */
    public boolean startsWith(EntryPath ancestor) {
        int length = ancestor.key.length;
        if (length == 0 || length > key.length) {
            return length == 0;
        }
        return Arrays.equals(key, 0, length, ancestor.key, 0, length) && (key.length == length || key[length] == 0);
    }

    /** Whether this path stands directly in {@code directory}. */
    public boolean isChildOf(EntryPath directory) {
        return depth == directory.depth + 1 && startsWith(directory);
    }

    /**
     * This path as seen from {@code ancestor}.
     *
     * @throws IllegalArgumentException if it is not beneath it
     */
    public EntryPath relativeTo(EntryPath ancestor) {
        if (!startsWith(ancestor)) {
            throw new IllegalArgumentException(this + " is not beneath " + ancestor);
        }
        if (ancestor.isRoot()) {
            return this;
        }
        return depth == ancestor.depth
                ? ROOT
                : new EntryPath(Arrays.copyOfRange(key, ancestor.key.length + 1, key.length), depth - ancestor.depth);
    }

    /**
     * The path of {@code path}, taken as relative, beneath this one.
     *
     * @throws IllegalArgumentException if that would be too long or too deep
     */
    public EntryPath resolve(EntryPath path) {
        if (isRoot() || path.isRoot()) {
            return isRoot() ? path : this;
        }
        String fault = sizeFault(key.length + 1L + path.key.length, depth + path.depth);
        if (fault != null) {
            throw new IllegalArgumentException("not a path: " + this + "/" + path + ": " + fault);
        }
        byte[] joined = Arrays.copyOf(key, key.length + 1 + path.key.length);
        System.arraycopy(path.key, 0, joined, key.length + 1, path.key.length);
        return new EntryPath(joined, depth + path.depth);
    }

    /** The first {@code count} components. */
    public EntryPath prefix(int count) {
        if (count < 0 || count > depth) {
            throw new IllegalArgumentException("count (%d) must be from 0 to %d".formatted(count, depth));
        }
        if (count == depth) {
            return this;
        }
        int end = 0;
        for (int seen = 0; seen < count; end++) {
            if (key[end] == 0) {
                seen++;
            }
        }
        return count == 0 ? ROOT : new EntryPath(Arrays.copyOf(key, end - 1), count);
    }

    /** The components joined by zero bytes, in a new array. */
    public byte[] key() {
        return key.clone();
    }

    /** The key itself, for this package, which does not change it. */
    byte[] sharedKey() {
        return key;
    }

    /** The components joined by slashes, in a new array: as the system writes it, without a leading slash. */
    public byte[] bytes() {
        byte[] bytes = key.clone();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                bytes[i] = '/';
            }
        }
        return bytes;
    }

    /** The components joined by slashes as text; empty if they are not UTF-8. */
    public Optional<String> utf8() {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(EntryPath other) {
        return Arrays.compareUnsigned(key, other.key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EntryPath that && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    /**
     * For people: joined by slashes, {@code .} for the root. Control characters, and every byte that is not UTF-8, stand as
     * {@code \n}, {@code \t} or {@code \xNN}, a backslash as two, so that a path never breaks a line or steers a terminal.
     */
    @Override
    public String toString() {
        return depth == 0 ? "." : render(key, 0, key.length);
    }

    /** The length of the last component, in bytes. */
    int nameLength() {
        return key.length - nameOffset();
    }

    private int nameOffset() {
        int offset = key.length;
        while (offset > 0 && key[offset - 1] != 0) {
            offset--;
        }
        return offset;
    }

    private static int depthOf(byte[] key) {
        int depth = 1;
        for (byte b : key) {
            if (b == 0) {
                depth++;
            }
        }
        return depth;
    }

    /** What is wrong with components that are joined by {@code separator}; null if nothing is. */
    private static @Nullable String fault(byte[] bytes, byte separator) {
        if (bytes.length == 0) {
            return null;
        }
        int depth = 0;
        int start = 0;
        String fault = sizeFault(bytes.length, 1);
        while (fault == null && start <= bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != separator) {
                end++;
            }
            fault = nameFault(bytes, start, end);
            depth++;
            start = end + 1;
        }
        return fault != null ? fault : sizeFault(bytes.length, depth);
    }

    private static @Nullable String sizeFault(long bytes, int depth) {
        if (bytes > PATH_BYTES_MAX) {
            return "it has %d bytes, more than %d".formatted(bytes, PATH_BYTES_MAX);
        }
        return depth > DEPTH_MAX ? "it has %d components, more than %d".formatted(depth, DEPTH_MAX) : null;
    }

    private static @Nullable String nameFault(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length == 0) {
            return "a component is empty";
        }
        if (length > NAME_BYTES_MAX) {
            return "a component has %d bytes, more than %d".formatted(length, NAME_BYTES_MAX);
        }
        if (bytes[start] == '.' && (length == 1 || (length == 2 && bytes[start + 1] == '.'))) {
            return "a component is . or ..";
        }
        for (int i = start; i < end; i++) {
            if (bytes[i] == 0 || bytes[i] == '/') {
                return bytes[i] == 0 ? "a component contains a zero byte" : "a component contains a slash";
            }
        }
        return null;
    }

    /** Bytes for people, as {@link #toString} shows them. */
    static String render(byte[] bytes) {
        return render(bytes, 0, bytes.length);
    }

    /** Decodes what is UTF-8, character by character, and escapes the rest. */
    private static String render(byte[] bytes, int start, int end) {
        StringBuilder text = new StringBuilder(end - start);
        int i = start;
        while (i < end) {
            int length = sequenceLength(bytes, i, end);
            String character = length == 0 ? "" : new String(bytes, i, length, StandardCharsets.UTF_8);
            if (bytes[i] == 0) {
                text.append('/');
            } else if (bytes[i] == '\\') {
                text.append("\\\\");
            } else if (bytes[i] == '\n') {
                text.append("\\n");
            } else if (bytes[i] == '\t') {
                text.append("\\t");
            } else if (length == 0 || !isPrintable(character.codePointAt(0))) {
                length = Math.max(1, length);
                for (int j = i; j < i + length; j++) {
                    text.append("\\x").append(HexFormat.of().toHexDigits(bytes[j]));
                }
            } else {
                text.append(character);
            }
            i += Math.max(1, length);
        }
        return text.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** The length of the well-formed UTF-8 sequence at {@code i}, 0 if there is none. */
    private static int sequenceLength(byte[] bytes, int i, int end) {
        int lead = bytes[i] & 0xff;
        int length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
        if (length <= 1 || i + length > end) {
            return length == 1 ? 1 : 0;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, length));
            return length;
        } catch (CharacterCodingException e) {
            return 0;
        }
    }
}
