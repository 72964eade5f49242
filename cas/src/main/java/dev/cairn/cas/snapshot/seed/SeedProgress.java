package dev.cairn.cas.snapshot.seed;

/** Hears what becomes of seeds, for a person who waits. Called on the thread that asks for chunks; must be quick. */
public interface SeedProgress {

    /** Nobody listens. */
    SeedProgress NONE = new SeedProgress() {
        @Override
        public void scanning() {}

        @Override
        public void bytes(long count) {}

        @Override
        public void scanned(long chunks) {}

        @Override
        public void passedOver(String path, String reason) {}

        @Override
        public void changed(String path) {}
    };

    /** The folders are about to be read. */
    void scanning();

    /** So many further bytes of them were read, or are holes. */
    void bytes(long count);

    /** All folders were read; they hold that many different chunks. */
    void scanned(long chunks);

    /**
     * Something was not used.
     *
     * @param path as it is shown to people
     */
    void passedOver(String path, String reason);

    /** A file is not any more what it was when it was scanned, or is gone. */
    void changed(String path);
}
