package dev.cairn.cas.manifest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The shapes of a page's entries: their count; for each its kind, mode and the number of its owner, and behind an owner that
 * was not seen before the owner; then, if there are two shapes or more, for each entry the number of its shape. Shapes and
 * owners are numbered as they first occur.
 */
final class ShapeTable {

    /** The least that a shape takes: kind, mode and owner. */
    private static final int BYTES_MIN = 4;

    private ShapeTable() {}

    static void write(List<EntryShape> shapes, BodyWriter body) {
        SequencedMap<EntryShape, Integer> numbers = new LinkedHashMap<>();
        for (EntryShape shape : shapes) {
            numbers.putIfAbsent(shape, numbers.size());
        }
        body.writeNumber(numbers.size());
        Map<Owner, Integer> owners = new LinkedHashMap<>();
        for (EntryShape shape : numbers.keySet()) {
            body.writeNumber(shape.kind());
            body.writeNumber(shape.mode());
            Integer owner = owners.putIfAbsent(shape.owner(), owners.size());
            body.writeNumber(owner == null ? owners.size() - 1 : owner);
            if (owner == null) {
                writeOwner(shape.owner(), body);
            }
        }
        if (numbers.size() > 1) {
            for (EntryShape shape : shapes) {
                body.writeNumber(numbers.getOrDefault(shape, -1));
            }
        }
    }

    /** Reads the shapes of {@code count} entries, one or more. */
    static EntryShape[] read(int count, BodyReader body) {
        int shapes = body.readCount(count, BYTES_MIN, "shapes");
        if (shapes == 0) {
            throw body.corrupt("a shape of " + count + " entries", "none");
        }
        List<EntryShape> table = new ArrayList<>(shapes);
        List<Owner> owners = new ArrayList<>();
        for (int i = 0; i < shapes; i++) {
            int kind = body.readInt(EntryShape.KIND_MAX, "kind of entry");
            int mode = body.readInt(Metadata.MODE_MAX, "mode");
            int owner = body.readInt(owners.size(), "number of an owner");
            if (owner == owners.size()) {
                owners.add(readOwner(body));
            }
            table.add(new EntryShape(kind, mode, owners.get(owner)));
        }
        if (new HashSet<>(table).size() != shapes || new HashSet<>(owners).size() != owners.size()) {
            throw body.corrupt("every shape and owner once", "one twice");
        }
        EntryShape[] result = new EntryShape[count];
        int seen = 0;
        for (int i = 0; i < count; i++) {
            int number = shapes == 1 ? 0 : body.readInt(Math.min(seen, shapes - 1), "number of a shape");
            seen = Math.max(seen, number + 1);
            result[i] = table.get(number);
        }
        if (seen != shapes) {
            throw body.corrupt("entries of %d shapes".formatted(shapes), "%d".formatted(seen));
        }
        return result;
    }

    private static void writeOwner(Owner owner, BodyWriter body) {
        body.writeNumber(owner.uidUnsigned());
        body.writeNumber(owner.gidUnsigned());
        writeName(owner.user(), body);
        writeName(owner.group(), body);
    }

    private static void writeName(String name, BodyWriter body) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        body.writeNumber(bytes.length);
        body.writeBytes(bytes);
    }

    private static Owner readOwner(BodyReader body) {
        int uid = (int) body.readNumber(0xffff_ffffL, "user id");
        int gid = (int) body.readNumber(0xffff_ffffL, "group id");
        return new Owner(uid, gid, readName(body, "user"), readName(body, "group"));
    }

    private static String readName(BodyReader body, String what) {
        byte[] bytes = body.readBytes(body.readInt(Owner.NAME_BYTES_MAX, "length of a name"), what);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw body.corrupt("a name in UTF-8", EntryPath.render(bytes));
        }
    }
}
