package dev.cairn.cas.snapshot.pattern;

import dev.cairn.cas.manifest.EntryPath;
import java.util.Arrays;

/**
 * The path that patterns are compared with, as characters. One is used for path after path, so that nothing but the path's bytes is
 * made anew. For one thread.
 */
public final class PathCharacters {

    private int[] characters = new int[256];
    private int length;
    private int nameStart;

    /** Takes another path. */
    public PathCharacters set(EntryPath path) {
        byte[] bytes = path.bytes();
        if (bytes.length > characters.length) {
            characters = new int[Math.max(bytes.length, 2 * characters.length)];
        }
        length = CharacterRun.read(bytes, characters);
        nameStart = length;
        while (nameStart > 0 && characters[nameStart - 1] != '/') {
            nameStart--;
        }
        return this;
    }

    /** How many characters the path has before what stands in its ancestor of {@code depth} names: where a path from there starts. */
    public int startBelow(int depth) {
        int at = 0;
        for (int seen = 0; seen < depth && at < length; at++) {
            seen += characters[at] == '/' ? 1 : 0;
        }
        return at;
    }

    int[] characters() {
        return characters;
    }

    int length() {
        return length;
    }

    int nameStart() {
        return nameStart;
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(characters, length));
    }
}
