package dev.cairn.cas.seal;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.AEADBadTagException;

/**
 * Encrypts what stands behind header and nonce of records, and decrypts it: by the seal key of a header's epoch, with the
 * repository id and the whole header as associated data.
 *
 * <p>May be used from any thread.
 */
final class RecordCiphers {

    private final Sealer.NewerKeys newerKeys;
    private final byte[] repositoryId;
    private volatile RepositoryKeys keys;
    private final ConcurrentHashMap<Integer, Xaes256Gcm> ciphers = new ConcurrentHashMap<>();

    RecordCiphers(RepositoryKeys keys, Sealer.NewerKeys newerKeys) {
        this.keys = keys;
        this.newerKeys = newerKeys;
        this.repositoryId = keys.repositoryId().bytes();
    }

    /** As {@link Sealer#use}. */
    void use(RepositoryKeys others) {
        if (!others.repositoryId().equals(keys.repositoryId())) {
            throw new IllegalArgumentException(others + " are not of repository " + keys.repositoryId());
        }
        keys = others;
        ciphers.keySet().retainAll(others.epochs());
    }

    /** The newest epoch. */
    int currentEpoch() {
        return keys.currentEpoch();
    }

    /**
     * Encrypts, in its place, what stands behind header and nonce.
     *
     * @param record begins with {@code header}, and has room for the tag at its end
     */
    SealedRecord encrypt(RecordHeader header, int headerBytes, byte[] record) {
        int start = headerBytes + Xaes256Gcm.NONCE_BYTES;
        cipher(header.epoch(), "a new record")
                .seal(
                        record,
                        headerBytes,
                        record,
                        start,
                        record.length - start - Xaes256Gcm.TAG_BYTES,
                        Xaes256Gcm.Part.of(repositoryId),
                        new Xaes256Gcm.Part(record, 0, headerBytes));
        return new SealedRecord(header, headerBytes, record);
    }

    /**
     * What stands behind header and nonce of a record, in the clear.
     *
     * @param bytes begins with it; overwritten when this thread opens or seals the next record
     */
    record Decrypted(byte[] bytes, int length) {
        byte[] copy() {
            return Arrays.copyOf(bytes, length);
        }
    }

    /**
     * Decrypts, into a buffer of this thread.
     *
     * @param bytesMin what a record has at least behind its nonce, the tag left out
     * @throws CorruptDataException if a bit of the record is not as it was sealed
     * @throws dev.cairn.cas.WrongKeyException if it was sealed under an epoch that is not known here
     */
    Decrypted decrypt(byte[] record, int headerBytes, int epoch, int bytesMin, String where) {
        int start = headerBytes + Xaes256Gcm.NONCE_BYTES;
        if (record.length < start + bytesMin + Xaes256Gcm.TAG_BYTES) {
            throw new CorruptDataException(where, "a whole record", record.length + " bytes");
        }
        byte[] buffer = Compressor.current().packedBuffer(record.length - start);
        try {
            int length = cipher(epoch, where)
                    .open(
                            record,
                            headerBytes,
                            record,
                            start,
                            record.length - start,
                            buffer,
                            Xaes256Gcm.Part.of(repositoryId),
                            new Xaes256Gcm.Part(record, 0, headerBytes));
            return new Decrypted(buffer, length);
        } catch (AEADBadTagException e) {
            throw CorruptDataException.because(
                    where, "the record is not as it was sealed, or was sealed for another repository", e);
        }
    }

    private Xaes256Gcm cipher(int epoch, String where) {
        Xaes256Gcm known = ciphers.get(epoch);
        if (known != null) {
            return known;
        }
        RepositoryKeys newer = keys.epochs().contains(epoch) ? null : newerKeys.with(epoch);
        if (newer != null) {
            use(newer);
        }
        return ciphers.computeIfAbsent(epoch, e -> new Xaes256Gcm(keys.sealKey(e, where)));
    }
}
