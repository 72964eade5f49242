package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectStoreContract;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LmdbObjectStoreTest extends ObjectStoreContract {

    @TempDir
    Path temporary;

    @Override
    protected ObjectStore create() {
        return LmdbObjectStore.create(temporary.resolve("repository"), REPOSITORY, LmdbObjectStore.Options.DEFAULT);
    }

    @Override
    protected boolean damage(long sequence) throws Exception {
        SealedRecord record = store.read(new RecordRef(sequence, 0));
        Path volume = temporary.resolve("repository/volumes/000001.mdb");
        int at = VolumeBytes.indexOf(Files.readAllBytes(volume), record.bytes());
        try (FileChannel channel = FileChannel.open(volume, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (record.bytes()[0] ^ 1)}), at);
        }
        return true;
    }

    @Test
    void stream_endsWithACommitOfNothing_allIsDurableThen() {
        List<SealedRecord> records =
                IntStream.range(0, 20).mapToObj(i -> make.run(2_000)).toList();
        List<CompletableFuture<ObjectStore.CommitReceipt>> streamed =
                records.stream().map(record -> store.stream(List.of(record))).toList();
        assertThat(store.commit(List.of()).recordsStored()).isZero();
        assertThat(records)
                .allMatch(record ->
                        store.has(record.header().provided().getFirst().id()));
        assertThat(streamed).allMatch(receipt -> receipt.join().recordsStored() == 1);
    }
}
