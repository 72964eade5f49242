package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class XattrsTest {

    private final HeapObjects objects = new HeapObjects();

    @Test
    void store_shortAttributesInAnyOrder_standInlineSorted() {
        Xattrs stored = Xattrs.store(List.of(xattr("user.b", 3), xattr("user.a", 0)), objects);
        assertThat(stored).isEqualTo(new Xattrs.Inline(List.of(xattr("user.a", 0), xattr("user.b", 3))));
        assertThat(objects.size()).isZero();
        assertThat(Xattrs.store(List.of(), objects)).isEqualTo(Xattrs.none());
    }

    @Test
    void store_aroundTheInlineLimit_goesOutOfLineAboveIt() {
        // One byte for the count, one and two for the lengths, six for the name.
        int value = Xattrs.INLINE_BYTES_MAX - 1 - 1 - 2 - 6;
        assertThat(Xattrs.store(List.of(xattr("user.a", value)), objects)).isInstanceOf(Xattrs.Inline.class);
        Xattrs stored = Xattrs.store(List.of(xattr("user.a", value + 1)), objects);
        assertThat(stored).isInstanceOf(Xattrs.Stored.class);
        assertThat(stored.load(objects)).containsExactly(xattr("user.a", value + 1));
    }

    @Test
    void store_moreThanAnEntryMayHave_isRefused() {
        List<Xattr> many = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            many.add(xattr("user." + i, Xattr.VALUE_BYTES_MAX));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Xattrs.store(many, objects));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Xattrs.store(List.of(xattr("user.a", 1), xattr("user.a", 2)), objects));
    }

    @Test
    void load_chunkOfAnotherLengthOrGarbage_isCorrupt() {
        Xattrs stored = Xattrs.store(List.of(xattr("user.a", 5000)), objects);
        ObjectId id = ((Xattrs.Stored) stored).chunk();
        byte[] body = objects.read(id, dev.cairn.cas.ObjectType.CHUNK).body();
        objects.replace(id, PlainObject.chunk(Arrays.copyOf(body, body.length - 1)));
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> stored.load(objects));
        byte[] count = body.clone();
        count[0] = 2;
        objects.replace(id, PlainObject.chunk(count));
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> stored.load(objects));
    }

    private static Xattr xattr(String name, int value) {
        return new Xattr(name.getBytes(StandardCharsets.UTF_8), new byte[value]);
    }
}
