package dev.cairn.cas.lmdb;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds bytes in the bytes of a file. */
final class VolumeBytes {

    private static final int PAGE_BYTES = 4096;

    private VolumeBytes() {}

    /** Where {@code part} begins in {@code whole}, looking from the end: the newest copy. */
    static int indexOf(byte[] whole, byte[] part) {
        int at = find(whole, part);
        if (at < 0) {
            throw new AssertionError("not in the file");
        }
        return at;
    }

    /** As {@link #indexOf}, -1 where it is not there. */
    static int find(byte[] whole, byte[] part) {
        for (int at = whole.length - part.length; at >= 0; at--) {
            if (whole[at] == part[0] && Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }

    /** Where containers begin in the bytes of a volume. */
    static List<Integer> containers(byte[] volume) {
        List<Integer> found = new ArrayList<>();
        for (int at = MetaPages.PAGE_HEADER_BYTES; at + 8 <= volume.length; at += PAGE_BYTES) {
            if (ByteBuffer.wrap(volume).getLong(at) == Container.MAGIC) {
                found.add(at);
            }
        }
        return found;
    }

    /** The head of the container at {@code head}. */
    static Container container(byte[] volume, int head) {
        return Container.parseHead(
                ByteBuffer.wrap(volume, head, volume.length - head).slice(), "byte " + head);
    }

    /** Where the container begins that has the byte at {@code at}. */
    static int containerBefore(byte[] volume, int at) {
        return containers(volume).stream()
                .filter(head -> head <= at)
                .mapToInt(head -> head)
                .max()
                .orElse(-1);
    }
}
