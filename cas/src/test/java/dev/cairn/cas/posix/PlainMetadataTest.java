package dev.cairn.cas.posix;

import java.io.IOException;
import java.nio.file.Path;

class PlainMetadataTest extends MetadataContract {
    @Override
    Directory open(Path path) throws IOException {
        return PlainDirectory.open(path);
    }
}
