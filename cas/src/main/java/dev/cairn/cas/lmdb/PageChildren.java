package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The children of pages by the clear headers of their records. A page that is kept as a delta takes one record more for each
 * step down, {@value Admission#DEPTH_MAX} at most. Of several records the one that came first is believed: to come before the
 * page itself takes the key, since its id cannot be guessed. So what a header says does not change when somebody adds a record.
 *
 * <p>As thread-safe as what it looks rows up with.
 */
final class PageChildren implements ChildSource {

    private final Function<ObjectId, @Nullable ObjectRow> objects;
    private final LongFunction<@Nullable RecordRow> records;
    private final RecordReader reader;
    private final int depthLeft;

    PageChildren(
            Function<ObjectId, @Nullable ObjectRow> objects,
            LongFunction<@Nullable RecordRow> records,
            RecordReader reader) {
        this(objects, records, reader, Admission.DEPTH_MAX + 1);
    }

    private PageChildren(
            Function<ObjectId, @Nullable ObjectRow> objects,
            LongFunction<@Nullable RecordRow> records,
            RecordReader reader,
            int depthLeft) {
        this.objects = objects;
        this.records = records;
        this.reader = reader;
        this.depthLeft = depthLeft;
    }

    @Override
    public List<ObjectId> children(ObjectId page) {
        ObjectRow row = objects.apply(page);
        if (row == null) {
            throw new MissingObjectsException(List.of(page));
        }
        String where = "page " + page;
        if (depthLeft == 0) {
            throw new CorruptDataException(where, "a delta at most " + Admission.DEPTH_MAX + " deep", "a deeper one");
        }
        CorruptDataException damage = new CorruptDataException(where, "a record that provides it", "none");
        for (ObjectRow.Provider provider : row.oldestFirst()) {
            RecordRow place = records.apply(provider.sequence());
            if (place == null || !RecordKind.OF_NODES.contains(provider.kind())) {
                continue;
            }
            try {
                List<ProvidedObject> provided = reader.read(provider.sequence(), place, deeper())
                        .header()
                        .provided();
                if (provider.ordinal() < provided.size()
                        && provided.get(provider.ordinal()).id().equals(page)) {
                    return ChildSource.of(provided.get(provider.ordinal()));
                }
            } catch (CorruptDataException e) {
                damage = e;
            }
        }
        throw damage;
    }

    private PageChildren deeper() {
        return new PageChildren(objects, records, reader, depthLeft - 1);
    }
}
