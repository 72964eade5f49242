package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.EntryPath;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The name of a member as a path of a snapshot. As GNU tar has it: a leading slash is taken off, {@code .} and doubled slashes mean
 * nothing, and a name with {@code ..} is refused, whatever it would lead to.
 *
 * @param path null if the name is refused
 * @param fault why, else null
 * @param wasAbsolute whether a leading slash was taken off
 */
record MemberName(@Nullable EntryPath path, @Nullable String fault, boolean wasAbsolute) {

    static MemberName of(byte[] name) {
        if (name.length == 0) {
            return refused("its name is empty");
        }
        EntryPath path = EntryPath.ROOT;
        ByteArrayOutputStream component = new ByteArrayOutputStream();
        for (int i = 0; i <= name.length; i++) {
            if (i < name.length && name[i] != '/') {
                component.write(name[i]);
                continue;
            }
            byte[] part = component.toByteArray();
            component.reset();
            if (part.length == 0 || (part.length == 1 && part[0] == '.')) {
                continue;
            }
            if (part.length == 2 && part[0] == '.' && part[1] == '.') {
                return refused("its name contains '..'");
            }
            try {
                path = path.child(part);
            } catch (IllegalArgumentException e) {
                return refused(String.valueOf(e.getMessage()));
            }
        }
        return new MemberName(path, null, name[0] == '/');
    }

    private static MemberName refused(String fault) {
        return new MemberName(null, fault, false);
    }
}
