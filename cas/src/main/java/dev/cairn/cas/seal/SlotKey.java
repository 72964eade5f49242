package dev.cairn.cas.seal;

import com.google.protobuf.ByteString;

/**
 * What opens one slot once more: its private key, with which the secret was stretched to open it the first time. Says nothing of it in
 * {@link #toString}.
 */
public final class SlotKey {

    private final SlotId id;
    private final ByteString header;
    private final Secret privateKey;

    SlotKey(SlotId id, ByteString header, Secret privateKey) {
        this.id = id;
        this.header = header;
        this.privateKey = privateKey;
    }

    /** The slot. */
    public SlotId id() {
        return id;
    }

    /** Its header, bit for bit: another slot under the same id is another slot. */
    ByteString header() {
        return header;
    }

    Secret privateKey() {
        return privateKey;
    }

    @Override
    public String toString() {
        return "key of slot " + id;
    }
}
