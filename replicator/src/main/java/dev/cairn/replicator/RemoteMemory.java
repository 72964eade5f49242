package dev.cairn.replicator;

import dev.cairn.cas.LocalTable;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.MalformedMessageException;
import dev.cairn.replicator.protocol.NoteDigest;
import dev.cairn.replicator.protocol.RemoteState;
import dev.cairn.replicator.protocol.StateCodec;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a replica remembers of one remote, so that the next command need not ask: what the server said in hello, and what the
 * repository was. Only hints: the server is asked to confirm whatever is decided by them, and what cannot be read counts as not
 * remembered. No secret is among them.
 *
 * <p>Rows of the local table {@value #TABLE}. Key: kind 1 | SHA-256 of the remote's URL, its fingerprint included, and, for the state,
 * of the replica's configuration and of the digest of its notes behind it: what was settled with these says nothing of others. Value: version 1 (1) | a {@code HelloAnswer} without nonce, or a {@code StateRequest}. Threading: as the store.
 */
public final class RemoteMemory {

    private static final System.Logger LOG = System.getLogger(RemoteMemory.class.getName());
    private static final String TABLE = "remotes";
    private static final byte VERSION = 1;

    private enum Kind {
        GREETING(0),
        STATE(1);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }
    }

    private final ObjectStore store;
    private final LocalTable table;
    private final RemoteUrl url;

    /** What the replica in {@code store} remembers of the remote at {@code url}. */
    public RemoteMemory(ObjectStore store, RemoteUrl url) {
        this.store = store;
        this.table = store.local(TABLE);
        this.url = url;
    }

    /** What the server said in hello; its nonce is empty. */
    public Optional<Greeting.HelloAnswer> greeting() {
        return read(Kind.GREETING, GreetingCodec::decodeRemembered);
    }

    /** What the repository was. */
    public Optional<RemoteState> state() {
        return read(Kind.STATE, StateCodec::decode);
    }

    /** Remembers what is not null, in one transaction, and none if all was remembered already. */
    public void keep(Greeting.@Nullable HelloAnswer greeting, @Nullable RemoteState state) {
        List<LocalTable.Row> rows = new ArrayList<>();
        try {
            if (greeting != null) {
                add(Kind.GREETING, GreetingCodec.encodeRemembered(greeting), rows);
            }
            if (state != null) {
                add(Kind.STATE, StateCodec.encode(state), rows);
            }
            if (!rows.isEmpty()) {
                table.putAll(rows);
            }
        } catch (StoreException e) {
            // It costs the next command a question.
            LOG.log(Level.DEBUG, "what was seen of a remote is not remembered", e);
        }
    }

    private void add(Kind kind, byte[] message, List<LocalTable.Row> rows) {
        byte[] value = new byte[1 + message.length];
        value[0] = VERSION;
        System.arraycopy(message, 0, value, 1, message.length);
        byte[] key = key(kind);
        if (!Arrays.equals(value, table.get(key).orElse(null))) {
            rows.add(new LocalTable.Row(key, value));
        }
    }

    @FunctionalInterface
    private interface Decoder<T> {
        T decode(byte[] message);
    }

    private <T> Optional<T> read(Kind kind, Decoder<T> decoder) {
        Optional<byte[]> value = value(kind);
        if (value.isEmpty() || value.get().length == 0 || value.get()[0] != VERSION) {
            return Optional.empty();
        }
        try {
            return Optional.of(decoder.decode(Arrays.copyOfRange(value.get(), 1, value.get().length)));
        } catch (MalformedMessageException e) {
            LOG.log(Level.DEBUG, "what was remembered of a remote cannot be read", e);
            return Optional.empty();
        }
    }

    private Optional<byte[]> value(Kind kind) {
        try {
            return table.get(key(kind));
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "what was remembered of a remote cannot be read", e);
            return Optional.empty();
        }
    }

    private byte[] key(Kind kind) {
        MessageDigest remote = Sha256.begin();
        remote.update(url.toString().getBytes(StandardCharsets.UTF_8));
        if (kind == Kind.STATE) {
            store.configuration().map(StoredConfiguration::bytes).ifPresent(remote::update);
            NoteDigest notes = NoteDigests.whole(store).first();
            remote.update(ByteBuffer.allocate(NoteDigest.BYTES)
                    .putLong(notes.high())
                    .putLong(notes.low())
                    .array());
        }
        byte[] digest = remote.digest();
        byte[] key = new byte[1 + digest.length];
        key[0] = kind.code;
        System.arraycopy(digest, 0, key, 1, digest.length);
        return key;
    }
}
