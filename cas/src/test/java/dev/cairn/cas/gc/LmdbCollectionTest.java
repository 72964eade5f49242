package dev.cairn.cas.gc;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LmdbCollectionTest extends CollectionContract {

    @TempDir
    Path temporary;

    @Override
    protected ObjectStore create() {
        return LmdbObjectStore.create(temporary.resolve("repository"), REPOSITORY, LmdbObjectStore.Options.DEFAULT);
    }
}
