package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One transaction that appends containers to a volume. Under the writer lock. */
final class VolumeAppend {

    private final VolumeSet volumes;
    private final int volume;
    private final RepositoryId repository;
    private final long expectedTransaction;
    private final boolean isNew;
    private long key;
    private @Nullable WriteView view;

    /**
     * An append to {@code volume}.
     *
     * @param before what the index says of it, null if it was just made
     */
    VolumeAppend(VolumeSet volumes, int volume, RepositoryId repository, @Nullable VolumeRow before) {
        this.volumes = volumes;
        this.volume = volume;
        this.repository = repository;
        this.isNew = before == null;
        this.expectedTransaction = before == null ? 1 : before.transaction() + 1;
        this.key = before == null ? 0 : before.lastContainer();
    }

    /**
     * Writes records, then journals, and commits: when it returns, they are on disk.
     *
     * @return what the index shall say of the volume
     */
    VolumeRow commit(Consumer<VolumeAppend> records, List<byte[]> journals) {
        volumes.write(volume, opened -> {
            if (opened.transaction() != expectedTransaction) {
                throw new CorruptDataException(
                        volumes.path(volume).toString(),
                        "transaction " + expectedTransaction + " to be the next",
                        "transaction " + opened.transaction());
            }
            view = opened;
            records.accept(this);
            for (byte[] journal : journals) {
                write(
                        Container.Kind.JOURNAL,
                        new long[] {0},
                        List.of(new Container.Body(journal, Admission.Terms.VERIFIED, Sha256.of(journal))),
                        journal.length);
            }
            opened.commit();
            return volume;
        });
        Path path = volumes.path(volume);
        if (isNew) {
            syncFolder(volumes.folder());
        }
        try (PageFile file = new PageFile(path)) {
            return VolumeRow.of(MetaPages.read(file), key);
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    /** Appends a container of records with these numbers. */
    Container records(long[] sequences, List<Container.Body> bodies, long bodyBytes) {
        return write(Container.Kind.RECORDS, sequences, bodies, bodyBytes);
    }

    private Container write(Container.Kind kind, long[] sequences, List<Container.Body> bodies, long bodyBytes) {
        key++;
        int valueBytes = Container.valueBytes(bodies.size(), bodyBytes, Container.isNumbered(sequences));
        ByteBuffer value = Objects.requireNonNull(view).append(Table.CONTAINERS, RecordRow.key(key), valueBytes);
        return Container.write(value, kind, volume, key, repository, sequences, bodies);
    }

    /** Makes the names in a folder durable. */
    static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
    }
}
