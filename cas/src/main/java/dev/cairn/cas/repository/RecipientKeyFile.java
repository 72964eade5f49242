package dev.cairn.cas.repository;

import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.KeyFile;
import dev.cairn.cas.seal.RecipientKey;
import dev.cairn.cas.seal.RecipientPublicKey;
import java.nio.file.Path;

/** The file of a recipient's key: mode 0600, written whole or not at all. */
public final class RecipientKeyFile {

    private RecipientKeyFile() {}

    /**
     * Makes a key and its file.
     *
     * @return the public half, for whoever shall make a slot for it
     * @throws dev.cairn.cas.StoreAccessException if there is a file, or it cannot be written
     */
    public static RecipientPublicKey make(Path file) {
        RecipientKey key = RecipientKey.generate(Entropy.system());
        RepositoryMaker.writeKeyFile(file, key.encode());
        return key.publicKey();
    }

    /**
     * Whether a key file is that of a recipient and names no repository, so that it would open any that says to be his.
     *
     * @throws dev.cairn.cas.WrongKeyException if it cannot be read
     */
    public static boolean isForAny(Path file) {
        byte[] bytes = SecretFile.read(file, "key file", KeyFile.BYTES_MAX);
        return RecipientKey.isOne(bytes)
                && RecipientKey.parse(bytes, file.toString()).repositoryId() == null;
    }
}
