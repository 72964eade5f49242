package dev.cairn.cas.snapshot.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImportedMembersTest {

    private static final Metadata METADATA = new Metadata(0644, Owner.ROOT, 7, 0, Xattrs.none());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** A file of the model: its number tells it from every other. */
    private record File(int number) {}

    /**
     * Beside a model in memory that does what an unpacking program does: a name means a file, a link is another name of the file that
     * its target means at that moment.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void entries_randomMembers_areWhatAModelSays(long seed) throws IOException {
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        Map<EntryPath, File> model = new TreeMap<>();
        List<Entry> entries = new ArrayList<>();
        try (BlocksOnDemand blocks = blocks()) {
            ImportedMembers members = new ImportedMembers(blocks, 4000, (path, reason) -> {});
            for (int i = 0; i < 5000; i++) {
                EntryPath path = path(random);
                EntryPath target = path(random);
                if (random.nextInt(3) > 0) {
                    members.add(Entry.file(path, METADATA, content(i)));
                    model.put(path, new File(i));
                } else if (model.containsKey(target) || random.nextInt(10) == 0) {
                    members.addLink(path, target);
                    File file = model.get(target);
                    if (file == null) {
                        model.remove(path);
                    } else {
                        model.put(path, file);
                    }
                }
            }
            members.entries(entries::add);
            assertThat(blocks.blocks().count()).isGreaterThan(50);
        }
        assertThat(entries).extracting(Entry::path).containsExactlyElementsOf(model.keySet());
        Map<File, EntryPath> firsts = new HashMap<>();
        Map<File, Integer> names = new HashMap<>();
        model.forEach((path, file) -> {
            firsts.putIfAbsent(file, path);
            names.merge(file, 1, Integer::sum);
        });
        for (Entry entry : entries) {
            File file = Objects.requireNonNull(model.get(entry.path()));
            EntryPath first = firsts.get(file);
            if (entry.path().equals(first)) {
                assertThat(entry.content()).isEqualTo(content(file.number()));
                assertThat(entry.hardLink() instanceof HardLink.First).isEqualTo(names.getOrDefault(file, 0) > 1);
            } else {
                assertThat(entry.linkedTo()).isEqualTo(first);
            }
        }
    }

    private static Content content(int number) {
        return Content.inline(("file " + number).getBytes(StandardCharsets.UTF_8));
    }

    private static EntryPath path(Random random) {
        return EntryPath.parse("f" + random.nextInt(700));
    }

    private BlocksOnDemand blocks() {
        RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());
        return new BlocksOnDemand(folder, new Sealer(keys, Compression.DEFAULT));
    }

    @Test
    void blocks_onTheDisk_haveNoNameAndAreSealed() throws IOException {
        byte[] plain = "plain text, plain text, plain text".getBytes(StandardCharsets.UTF_8);
        try (BlocksOnDemand onDemand = blocks()) {
            SealedBlocks blocks = onDemand.blocks();
            int first = blocks.add(plain, 0, 10);
            int second = blocks.add(plain, 10, plain.length - 10);
            assertThat(blocks.read(second)).containsExactly(Arrays.copyOfRange(plain, 10, plain.length));
            assertThat(blocks.read(first)).containsExactly(Arrays.copyOf(plain, 10));
            try (var files = Files.list(folder)) {
                assertThat(files).isEmpty();
            }
        }
    }

    @Test
    void sort_moreRunsThanAreReadAtOnce_isInOrder() throws IOException {
        long seed = 5;
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        try (BlocksOnDemand blocks = blocks()) {
            RecordSort sort = new RecordSort(blocks, 1000);
            int count = 1500;
            for (int i = 0; i < count; i++) {
                byte[] key = new byte[1 + random.nextInt(20)];
                random.nextBytes(key);
                sort.add(key, new byte[random.nextInt(10)]);
            }
            for (int pass = 0; pass < 2; pass++) {
                RecordSort.Cursor cursor = sort.cursor();
                byte[] last = new byte[0];
                int seen = 0;
                for (RecordSort.Item item = cursor.next(); item != null; item = cursor.next()) {
                    assertThat(Arrays.compareUnsigned(last, item.key())).isLessThanOrEqualTo(0);
                    last = item.key();
                    seen++;
                }
                assertThat(seen).isEqualTo(count);
            }
        }
    }
}
