package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ForwardingStore;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.ObjectStore;
import java.util.List;
import java.util.Optional;

/** A store that lost its local tables. Tests override what they want to watch or break. */
class StoreWithoutTables extends ForwardingStore {

    StoreWithoutTables(ObjectStore store) {
        super(store);
    }

    @Override
    public LocalTable local(String name) {
        return new LocalTable() {
            @Override
            public Optional<byte[]> get(byte[] key) {
                return Optional.empty();
            }

            @Override
            public void putAll(List<Row> rows) {}
        };
    }
}
