package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.TestRecords;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A full disk is said to be full, kills nothing and loses nothing that was acknowledged. */
final class FullDiskTest {

    private static final long DISK_BYTES = 6 << 20;

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private static List<String> run(Process probe) throws Exception {
        List<String> lines = new ArrayList<>();
        try (BufferedReader output = ChildStore.output(probe)) {
            output.lines().forEach(lines::add);
        }
        assertThat(probe.waitFor()).as("after %s", lines).isZero();
        assertThat(lines).last().isEqualTo(FullDiskProbe.DONE);
        return lines;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4"})
    void commit_untilTheDiskIsFull_saysSoAndGoesOnWhenThereIsRoom(String kind) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(temporary, kind, DISK_BYTES)) {
            List<String> lines = run(ChildStore.start(
                    List.of(), FullDiskProbe.class, disk.folder().toString(), "until-full"));
            assertThat(lines).anyMatch(line -> line.startsWith("full no space left in "));
            List<ObjectId> acknowledged = lines.stream()
                    .flatMap(line -> ChildStore.acknowledged(line).stream())
                    .toList();
            assertThat(acknowledged).hasSizeGreaterThan(8);
            try (LmdbObjectStore store =
                    LmdbObjectStore.open(disk.folder().resolve("replica"), LmdbObjectStore.Options.DEFAULT)) {
                assertThat(store.missing(acknowledged)).isEmpty();
                CrashTest.requireWhole(store, 3L * acknowledged.size());
            }
        }
    }

    @Test
    void use_withEveryNumberOfFreePages_worksOrSaysThatItIsFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(temporary, "tmpfs", DISK_BYTES)) {
            List<String> lines = run(ChildStore.start(
                    List.of(),
                    FullDiskProbe.class,
                    disk.folder().toString(),
                    "nearly-full",
                    temporary.resolve("whole").toString()));
            assertThat(lines)
                    .as("there was every outcome")
                    .contains("outcomes [commit refused, committed, rebuild refused, rebuilt]");
        }
    }

    @Test
    void commit_indexMapFull_saysSoAndGoesOnWithALargerOne() {
        Path folder = temporary.resolve("replica");
        LmdbObjectStore.Options small = LmdbObjectStore.Options.DEFAULT.withIndexMapBytes(1 << 20);
        TestRecords make = new TestRecords(55);
        List<ObjectId> acknowledged = new ArrayList<>();
        List<SealedRecord> refused = new ArrayList<>();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, small)) {
            while (refused.isEmpty()) {
                SealedRecord record = make.run(100, make.ids(500).toArray(ObjectId[]::new));
                try {
                    store.commit(List.of(record));
                    record.header().provided().forEach(object -> acknowledged.add(object.id()));
                } catch (StoreFullException e) {
                    assertThat(e).hasMessageContaining("index").hasMessageContaining("bytes free");
                    refused.add(record);
                }
            }
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> store.commit(refused)).isInstanceOf(StoreFullException.class);
            }
            assertThat(store.missing(acknowledged)).isEmpty();
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, LmdbObjectStore.Options.DEFAULT)) {
            assertThat(acknowledged).hasSizeGreaterThan(1_000);
            assertThat(store.missing(acknowledged)).isEmpty();
            store.commit(refused);
            CrashTest.requireWhole(store, acknowledged.size() / 500 + 1);
        }
    }
}
