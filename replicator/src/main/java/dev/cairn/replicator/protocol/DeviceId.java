package dev.cairn.replicator.protocol;

import dev.cairn.cas.Sha256;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The name of a device: the first 16 bytes of the SHA-256 of its public key. */
public record DeviceId(long high, long low) {

    /** Length, in bytes. */
    public static final int BYTES = 16;

    /** Reads an id from exactly {@value #BYTES} bytes. */
    public static DeviceId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw MalformedMessageException.because("a device id has 16 bytes, not " + bytes.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new DeviceId(buffer.getLong(), buffer.getLong());
    }

    /** The id of the device with this Ed25519 public key of 32 bytes. */
    public static DeviceId ofPublicKey(byte[] publicKey) {
        ByteBuffer digest = ByteBuffer.wrap(Sha256.of(publicKey));
        return new DeviceId(digest.getLong(), digest.getLong());
    }

    /**
     * Parses 32 hex digits.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static DeviceId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "a device id has 32 hex digits, not %d characters".formatted(hex.length()));
        }
        return of(HexFormat.of().parseHex(hex));
    }

    /** The 16 bytes, in a new array. */
    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes());
    }
}
