package dev.cairn.cas.manifest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.util.List;
import java.util.Map;

/** Manifests as an enemy would write them, who has the key but not our builders: for tests of whoever acts on manifests. */
public final class ForgedManifest {

    private final HeapObjects objects;

    public ForgedManifest(HeapObjects objects) {
        this.objects = objects;
    }

    /** One page of entries in any order, which need not fit together; its root. */
    public ObjectId of(Entry... entries) {
        return objects.put(page(entries));
    }

    /**
     * As {@link #of}, with some bytes of the page replaced by others: for what no entry can say.
     *
     * @param replaced each character is a byte; must occur once or more
     */
    public ObjectId replacing(String replaced, String by, Entry... entries) {
        return replacing(Map.of(replaced, by), entries);
    }

    /** As above, with several replacements, in no order. */
    public ObjectId replacing(Map<String, String> replacements, Entry... entries) {
        PlainObject page = page(entries);
        String body = new String(page.body(), ISO_8859_1);
        for (Map.Entry<String, String> replacement : replacements.entrySet()) {
            if (!body.contains(replacement.getKey())) {
                throw new IllegalArgumentException("the page does not contain " + replacement.getKey());
            }
            body = body.replace(replacement.getKey(), replacement.getValue());
        }
        return objects.put(
                new PlainObject(ObjectType.NODE, page.nodeChildren(), page.chunkChildren(), body.getBytes(ISO_8859_1)));
    }

    /** A page that announces a billion entries and has a few bytes. */
    public ObjectId announcingABillion() {
        PlainObject page = page();
        BodyWriter body = new BodyWriter();
        // All but the count, which is the last byte of an empty page.
        body.writeBytes(page.body(), 0, page.body().length - 1);
        body.writeNumber(1_000_000_000);
        body.writeBytes(new byte[10_000]);
        return objects.put(new PlainObject(ObjectType.NODE, List.of(), List.of(), body.toBytes()));
    }

    /** The bytes of a number in a page, a character each. */
    public static String number(long unsigned) {
        BodyWriter body = new BodyWriter();
        body.writeNumber(unsigned);
        return new String(body.toBytes(), ISO_8859_1);
    }

    private static PlainObject page(Entry... entries) {
        return Page.encode(TreeFormat.ENTRIES.leaf(), 0, List.of(entries));
    }
}
