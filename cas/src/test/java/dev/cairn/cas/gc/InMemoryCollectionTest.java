package dev.cairn.cas.gc;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.memory.InMemoryObjectStore;

class InMemoryCollectionTest extends CollectionContract {

    @Override
    protected ObjectStore create() {
        return new InMemoryObjectStore(REPOSITORY);
    }
}
