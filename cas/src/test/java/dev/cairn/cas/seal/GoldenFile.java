package dev.cairn.cas.seal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A golden file: bytes that this version of the format must read, and mostly write, for ever. */
public final class GoldenFile {

    private GoldenFile() {}

    /** The bytes of {@code golden/v1/<name>}. */
    public static byte[] read(String name) {
        try (InputStream in = GoldenFile.class.getResourceAsStream("/golden/v1/" + name)) {
            if (in == null) {
                throw new AssertionError("no golden file " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
