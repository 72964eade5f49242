package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HeapObjects;
import dev.cairn.cas.manifest.MerkleMapBuilder;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restoring one file of a large snapshot looks at nothing else. */
class OneFileRestoreTest {

    @TempDir
    Path folder;

    @Test
    void restore_oneFileAmongMany_readsAFewPages() throws IOException {
        HeapObjects objects = new HeapObjects();
        Metadata metadata = new Metadata(0700, Owner.ROOT, 1, 0, Xattrs.none());
        MerkleMapBuilder<Entry> builder = MerkleMapBuilder.ofEntries(objects, PageBoundary.keyed(new byte[32]));
        builder.add(Entry.directory(EntryPath.ROOT, metadata));
        for (int i = 0; i < 200; i++) {
            EntryPath directory = EntryPath.parse("folder-%03d".formatted(i));
            builder.add(Entry.directory(directory, metadata));
            for (int j = 0; j < 100; j++) {
                byte[] content = "content %d %d %0400d".formatted(i, j, j).getBytes(StandardCharsets.UTF_8);
                builder.add(Entry.file(directory.child("file-%03d".formatted(j)), metadata, Content.inline(content)));
            }
        }
        ObjectId root = builder.finish();
        AtomicInteger pages = new AtomicInteger();
        ObjectSource counted = (id, type) -> {
            pages.addAndGet(type == ObjectType.NODE ? 1 : 0);
            return objects.read(id, type);
        };
        RestorePlan plan = new RestorePlan(
                root,
                EntryPath.parse("folder-123/file-045"),
                RawName.of(folder.resolve("out").toString()),
                Overwrite.CHANGED,
                false,
                false,
                false,
                List.of());

        RestoreResult result = new Restore(counted).run(plan, RestoreProgress.NONE, Cancellation.NEVER);

        assertThat(result.files()).isEqualTo(1);
        assertThat(folder.resolve("out/file-045")).content().startsWith("content 123 45 ");
        assertThat(folder.resolve("out")).isDirectoryNotContaining(path -> !path.endsWith("file-045"));
        // Some six looks into a tree of three levels; it has hundreds of pages.
        assertThat(objects.size()).isGreaterThan(100);
        assertThat(pages.get()).isLessThan(30);
    }
}
