package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry as bytes by itself, outside of any page: for what is only kept while a command runs, such as runs of a sort. Not part of the
 * format. Costs some 40 bytes beside those of the entry.
 */
public final class PackedEntry {

    private PackedEntry() {}

    /** The bytes of {@code entry}. */
    public static byte[] pack(Entry entry) {
        PlainObject page = Page.encode(TreeFormat.ENTRIES.leaf(), 0, List.of(entry));
        int ids = page.nodeChildren().size() + page.chunkChildren().size();
        ByteBuffer packed = ByteBuffer.allocate(4 + ids * ObjectId.BYTES + page.body().length);
        packed.putShort((short) page.nodeChildren().size());
        packed.putShort((short) page.chunkChildren().size());
        page.nodeChildren().forEach(id -> id.write(packed));
        page.chunkChildren().forEach(id -> id.write(packed));
        packed.put(page.body());
        return packed.array();
    }

    /**
     * The entry that {@link #pack} made {@code packed} of.
     *
     * @param where where the bytes come from, for the message of an error
     * @throws CorruptDataException if they are no such entry
     */
    public static Entry unpack(byte[] packed, String where) {
        ByteBuffer bytes = ByteBuffer.wrap(packed);
        if (bytes.remaining() < 4) {
            throw new CorruptDataException(where, "an entry", packed.length + " bytes");
        }
        int nodes = Short.toUnsignedInt(bytes.getShort());
        int chunks = Short.toUnsignedInt(bytes.getShort());
        if (bytes.remaining() < (nodes + chunks) * ObjectId.BYTES) {
            throw new CorruptDataException(where, nodes + chunks + " ids", bytes.remaining() + " bytes");
        }
        List<ObjectId> nodeChildren = ids(bytes, nodes);
        List<ObjectId> chunkChildren = ids(bytes, chunks);
        byte[] body = new byte[bytes.remaining()];
        bytes.get(body);
        PlainObject page = new PlainObject(ObjectType.NODE, nodeChildren, chunkChildren, body);
        Page.level(page, TreeFormat.ENTRIES, where);
        List<Entry> entries =
                Page.decode(page, TreeFormat.ENTRIES.leaf(), where).items();
        if (entries.size() != 1) {
            throw new CorruptDataException(where, "one entry", "" + entries.size());
        }
        return entries.getFirst();
    }

    private static List<ObjectId> ids(ByteBuffer bytes, int count) {
        List<ObjectId> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(ObjectId.read(bytes));
        }
        return ids;
    }
}
