package dev.cairn.cas.snapshot.restore;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Names under which something is made before it takes its place. */
final class TemporaryName {

    /** What all of them begin with; a restore that was killed can leave one behind. */
    static final String PREFIX = ".cairn-restore-";

    private TemporaryName() {}

    /** A name that is free as good as surely; making it fails where it is not. */
    static byte[] next() {
        String name =
                PREFIX + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
