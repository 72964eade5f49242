package dev.cairn.cas.snapshot.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The members of an archive, one after the other. For one thread. */
interface MemberReader extends Closeable {

    /**
     * The next member; null when the archive was read to its end and is sound, as far as its format can tell.
     *
     * @throws IOException an {@link ArchiveException} if it is not, or what reading it threw
     */
    @Nullable
    Member next() throws IOException;

    /**
     * The content of the member that came last, without its holes, to be read once. Ends early only by an exception.
     */
    InputStream content() throws IOException;
}
