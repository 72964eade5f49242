package dev.cairn.cas;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * An object as its owner sees it: type, children and body, before sealing and after opening.
 *
 * <p>Its <em>plain bytes</em>, which its id hashes, are the body alone for a chunk. For a node or a snapshot they are:
 * version (1 byte), number of node children (4 bytes, big-endian), number of chunk children (4 bytes), the ids of the node
 * children, the ids of the chunk children, the body. An id thus commits to the children, and a keyless store can follow
 * them: the two lists also stand in the clear header of the record. The body refers to a child by its position, nodes
 * first.
 *
 * <p>The arrays and lists are not copied: do not change them.
 */
public record PlainObject(ObjectType type, List<ObjectId> nodeChildren, List<ObjectId> chunkChildren, byte[] body) {

    /** Version of the plain bytes of nodes and snapshots, the first byte that their ids hash. */
    public static final int VERSION = 1;

    /** Bytes of the fixed part before the ids of a node's children. */
    public static final int PREFIX_BYTES = 1 + 4 + 4;

    public PlainObject {
        Objects.requireNonNull(type);
        Objects.requireNonNull(body);
        if (type == ObjectType.CHUNK && !(nodeChildren.isEmpty() && chunkChildren.isEmpty())) {
            throw new IllegalArgumentException("a chunk has no children");
        }
        if (type == ObjectType.SNAPSHOT && !chunkChildren.isEmpty()) {
            throw new IllegalArgumentException("a snapshot has no chunk children");
        }
    }

    /** A chunk with these bytes. */
    public static PlainObject chunk(byte[] body) {
        return new PlainObject(ObjectType.CHUNK, List.of(), List.of(), body);
    }

    /** Everything the id hashes after the type; for a chunk the body itself, else a new array. */
    public byte[] plainBytes() {
        if (type == ObjectType.CHUNK) {
            return body;
        }
        int children = nodeChildren.size() + chunkChildren.size();
        ByteBuffer buffer = ByteBuffer.allocate(PREFIX_BYTES + children * ObjectId.BYTES + body.length);
        buffer.put((byte) VERSION).putInt(nodeChildren.size()).putInt(chunkChildren.size());
        nodeChildren.forEach(id -> id.write(buffer));
        chunkChildren.forEach(id -> id.write(buffer));
        return buffer.put(body).array();
    }
}
