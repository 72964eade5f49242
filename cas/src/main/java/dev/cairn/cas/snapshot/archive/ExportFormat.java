package dev.cairn.cas.snapshot.archive;

/** The formats that a snapshot is exported in. */
public enum ExportFormat {
    /** PAX (POSIX.1-2001), with GNU's sparse files. */
    TAR("tar"),
    /** The same in one Zstandard frame. */
    TAR_ZST("tar.zst"),
    /** Zip with Zip64, modes of Unix and names in UTF-8. */
    ZIP("zip");

    private final String word;

    ExportFormat(String word) {
        this.word = word;
    }

    /** The word for it on a command line, as an archive's name ends. */
    @Override
    public String toString() {
        return word;
    }
}
