package dev.cairn.cas.memory;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectStoreContract;

class InMemoryObjectStoreTest extends ObjectStoreContract {

    @Override
    protected ObjectStore create() {
        return new InMemoryObjectStore(REPOSITORY);
    }

    @Override
    protected boolean damage(long sequence) {
        ((InMemoryObjectStore) store).damage(sequence);
        return true;
    }
}
