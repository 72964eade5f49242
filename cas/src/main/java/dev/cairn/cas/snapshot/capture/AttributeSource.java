package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Handle;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the extended attributes of one thing are read from: the thing itself where it is open, else its folder and name. */
interface AttributeSource {

    List<byte[]> names() throws IOException;

    byte @Nullable [] value(byte[] attribute) throws IOException;

    /** Of something that is open. */
    static AttributeSource of(Handle handle) {
        return new AttributeSource() {
            @Override
            public List<byte[]> names() throws IOException {
                return handle.xattrNames();
            }

            @Override
            public byte @Nullable [] value(byte[] attribute) throws IOException {
                return handle.xattr(attribute);
            }
        };
    }

    /** Of {@code name} in a folder; a link is not followed, nothing is opened. */
    static AttributeSource of(Directory parent, byte[] name) {
        return new AttributeSource() {
            @Override
            public List<byte[]> names() throws IOException {
                return parent.xattrNames(name);
            }

            @Override
            public byte @Nullable [] value(byte[] attribute) throws IOException {
                return parent.xattr(name, attribute);
            }
        };
    }
}
