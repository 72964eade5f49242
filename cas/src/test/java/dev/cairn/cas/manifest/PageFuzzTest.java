package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Pages of manifests, as a holder of the key could write them. */
final class PageFuzzTest extends FuzzSuite {

    private static final Parsing PARSING =
            Parsing.refusedBy(CorruptDataException.class, VersionMismatchException.class);
    private static final Parsing TEXT = Parsing.refusedBy(IllegalArgumentException.class);

    /** Keys stand for up to eight times their page's weight, and each is held as key and as path. */
    private static final long KEYS_BYTES = 4L * KeyColumn.KEY_BYTES_PER_WEIGHT * Page.FORCED_BYTES;

    private static List<ObjectId> ids(int from, int count) {
        return LongStream.range(from, from + (long) count)
                .mapToObj(n -> new ObjectId(n, n, n, n))
                .toList();
    }

    private static byte[] seed(PlainObject page) {
        byte[] seed = new byte[3 + page.body().length];
        seed[0] = (byte) page.nodeChildren().size();
        seed[1] = (byte) page.chunkChildren().size();
        System.arraycopy(page.body(), 0, seed, 3, page.body().length);
        return seed;
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() {
        Map<String, byte[]> pages = new LinkedHashMap<>();
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (GoldenPages page : GoldenPages.values()) {
            byte[] seed = seed(page.encode());
            seed[2] = (byte) (page.tree().keyed() ? 0 : 1);
            pages.put(page.fileName, seed);
        }
        for (Entry entry : GoldenPages.entries()) {
            entries.put(entry.path().toString().replaceAll("\\W", "-") + "-entry", PackedEntry.pack(entry));
        }
        byte[] xattrs = XattrEncoding.encode(List.of(
                new Xattr("user.a".getBytes(StandardCharsets.UTF_8), new byte[0]),
                new Xattr("user.b".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3})));
        Map<String, byte[]> paths = Map.of(
                "deep", "a/b c/\u00fc".getBytes(StandardCharsets.UTF_8),
                "dots", "../.".getBytes(StandardCharsets.UTF_8));
        return Map.of("page", pages, "entry", entries, "xattrs", Map.of("two", xattrs), "path", paths);
    }

    /** Input: how many node and chunk children, which tree, then the body. */
    @FuzzTest
    void page(byte[] input) {
        if (input.length < 3) {
            return;
        }
        List<ObjectId> nodes = ids(1000, input[0] & 0xff);
        List<ObjectId> chunks = ids(2000, input[1] & 0xff);
        byte[] body = Arrays.copyOfRange(input, 3, input.length);
        PlainObject page = new PlainObject(ObjectType.NODE, nodes, chunks, body);
        if ((input[2] & 1) == 0) {
            check(page, TreeFormat.ENTRIES);
        } else {
            check(page, TreeFormat.SEGMENTS);
        }
    }

    private static <T> void check(PlainObject page, TreeFormat<T> tree) {
        long bytesMax = Parsing.FIXED_BYTES + KEYS_BYTES + 400L * page.body().length;
        PARSING.value(bytesMax, () -> TreePage.read(tree, (id, type) -> page, new ObjectId(1, 1, 1, 1), null, 0))
                .ifPresent(read -> {
                    PlainObject again = read.level() == 0
                            ? Page.encode(tree.leaf(), 0, read.items())
                            : Page.encode(tree.branch(), read.level(), read.pages());
                    assertThat(again).usingRecursiveComparison().isEqualTo(page);
                });
    }

    @FuzzTest
    void entry(byte[] input) {
        PARSING.value(Parsing.FIXED_BYTES + KEYS_BYTES + 400L * input.length, () -> PackedEntry.unpack(input, "fuzz"))
                .ifPresent(entry -> assertThat(PackedEntry.pack(entry)).isEqualTo(input));
    }

    @FuzzTest
    void xattrs(byte[] input) {
        PARSING.value(Parsing.FIXED_BYTES + 100L * input.length, () -> XattrEncoding.decode(input, "fuzz"))
                .ifPresent(attributes ->
                        assertThat(XattrEncoding.encode(attributes)).isEqualTo(input));
    }

    @FuzzTest
    void path(byte[] input) {
        TEXT.value(Parsing.FIXED_BYTES + 100L * input.length, () -> EntryPath.parse(input))
                .ifPresent(path -> {
                    assertThat(path.bytes()).isEqualTo(input);
                    assertThat(EntryPath.ofKey(path.sharedKey())).isEqualTo(path);
                });
        TEXT.value(Parsing.FIXED_BYTES + 100L * input.length, () -> EntryPath.ofKey(input))
                .ifPresent(path -> assertThat(path.sharedKey()).isEqualTo(input));
    }
}
