package dev.cairn.cas.lmdb;

import dev.cairn.cas.Collectable.Reclaimed;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.SealedRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Gives the space of volumes back: copies their live records to the active volume, and removes the files.
 *
 * <h2>Crashes</h2>
 *
 * A copy is a commit like another: volume first, then the index, whose rows then name the new place. One that the index did not
 * come to know is indexed by {@link Recovery} as a record that is there already: nothing changes. When no row names a volume any
 * more, one transaction removes its row, notes its number in the row {@code dropped}, and takes over from its journals what no
 * later one says; then the file is removed, and the note. {@link #removeLeft} does what a crash left of that.
 *
 * <p>Nobody waits for readers: who finds a volume gone looks again where the record is.
 */
final class VolumeReclaim {

    /** Bytes of records that one transaction copies. */
    private static final long COPY_BYTES = 16L << 20;

    private static final int COPY_RECORDS = 4096;

    private final Replica replica;
    private final Set<Integer> wanted;
    private final LongConsumer progress;
    private final Set<Integer> kept = new TreeSet<>();
    private long bytesCopied;
    private int removed;

    VolumeReclaim(Replica replica, Set<Integer> volumes, LongConsumer progress) {
        this.replica = replica;
        this.wanted = new TreeSet<>(volumes);
        this.progress = progress;
    }

    Reclaimed run() {
        int active = replica.read(view -> view.mark().activeVolume());
        if (wanted.isEmpty()) {
            return new Reclaimed(0, 0, 0, List.of());
        }
        if (wanted.contains(active)) {
            replica.step(commit -> {
                commit.beginVolume();
                commit.journals().require();
                return true;
            });
        }
        long before = replica.diskBytes();
        copyAll();
        Set<Integer> named = new TreeSet<>();
        LmdbCollection.forEachRow(replica, 0, found -> named.add(found.row().volume()));
        for (int volume : wanted) {
            if (named.contains(volume)
                    || kept.contains(volume)
                    || volume == replica.read(view -> view.mark().activeVolume())) {
                kept.add(volume);
            } else {
                drop(volume);
            }
        }
        return new Reclaimed(removed, before - replica.diskBytes(), bytesCopied, List.copyOf(kept));
    }

    /** A record, and where it was read. */
    private record Copy(long sequence, RecordRow row, SealedRecord record) {}

    private void copyAll() {
        List<Copy> batch = new ArrayList<>();
        long[] bytes = {0};
        LmdbCollection.forEachRow(replica, 0, found -> {
            if (!wanted.contains(found.row().volume())) {
                return;
            }
            try {
                batch.add(new Copy(found.sequence(), found.row(), replica.read(found.sequence(), found.row())));
                bytes[0] += found.row().length();
            } catch (CorruptDataException e) {
                // Where something is damaged the file stays: it may be all that is left of it.
                kept.add(found.row().volume());
            }
            if (bytes[0] >= COPY_BYTES || batch.size() >= COPY_RECORDS) {
                copy(batch);
                batch.clear();
                bytes[0] = 0;
            }
        });
        copy(batch);
    }

    private void copy(List<Copy> batch) {
        List<Copy> wantedStill =
                batch.stream().filter(copy -> !kept.contains(copy.row.volume())).toList();
        if (wantedStill.isEmpty()) {
            return;
        }
        long copied = replica.step(commit -> {
            long bytes = 0;
            for (Copy copy : wantedStill) {
                RecordRow now = commit.index().record(copy.sequence);
                if (now != null && now.volume() == copy.row.volume()) {
                    commit.copy(copy.sequence, now, copy.record);
                    bytes += now.length();
                }
            }
            return bytes;
        });
        bytesCopied += copied;
        progress.accept(copied);
    }

    private void drop(int volume) {
        String where = "the journals of " + replica.volumes().path(volume);
        List<ByteBuffer> journals = journals(volume);
        replica.step(commit -> {
            IndexChange index = commit.index();
            for (ByteBuffer journal : journals) {
                commit.journals().carry(Journals.parse(IndexView.bytes(journal), where), index::isRetained, where);
            }
            index.delete(Table.VOLUMES, VolumeRow.key(volume));
            Table scrubs = index.local(ScrubRows.TABLE);
            if (scrubs != null) {
                index.delete(scrubs, VolumeRow.key(volume));
            }
            Set<Integer> dropped = new TreeSet<>(index.dropped());
            dropped.add(volume);
            index.putDropped(dropped);
            commit.journals().require();
            return true;
        });
        removeLeft(replica);
        removed++;
    }

    private List<ByteBuffer> journals(int volume) {
        List<ByteBuffer> journals = new ArrayList<>();
        replica.volumes().read(volume, view -> {
            view.scan(Table.CONTAINERS, null, (key, value) -> {
                String where = "volume %d, container %d".formatted(volume, key.getLong(key.position()));
                Container container = Container.parseHead(value.slice(), where);
                if (container.kind() == Container.Kind.JOURNAL) {
                    byte[] body = new byte[container.entries().getFirst().length()];
                    value.get(value.position() + container.bodyAt(), body);
                    journals.add(ByteBuffer.wrap(body));
                }
                return true;
            });
            return volume;
        });
        return journals;
    }

    /** Removes the files of volumes that the index has given up, as far as they are there. */
    static void removeLeft(Replica replica) {
        List<Integer> dropped = replica.read(IndexView::dropped);
        if (dropped.isEmpty()) {
            return;
        }
        for (int volume : dropped) {
            replica.volumes().discard(volume);
            Path file = replica.volumes().path(volume);
            try {
                Files.deleteIfExists(file);
                Files.deleteIfExists(Environment.lockOf(file));
            } catch (IOException e) {
                throw Faults.of(e, file);
            }
        }
        VolumeAppend.syncFolder(replica.volumes().folder());
        replica.step(commit -> {
            Set<Integer> left = new TreeSet<>(commit.index().dropped());
            dropped.forEach(left::remove);
            commit.index().putDropped(left);
            return true;
        });
    }
}
