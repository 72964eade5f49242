package dev.cairn.cas.manifest;

/** What a path of a manifest is. Codes are part of the format and are never reused. */
public enum EntryType {
    FILE(1),
    DIRECTORY(2),
    SYMLINK(3),
    FIFO(4),
    SOCKET(5),
    CHAR_DEVICE(6),
    BLOCK_DEVICE(7);

    private final int code;

    EntryType(int code) {
        this.code = code;
    }

    /** The number that stands for this type in pages, 1 to 7. */
    public int code() {
        return code;
    }

    /** Whether this is a character or a block device. */
    public boolean isDevice() {
        return this == CHAR_DEVICE || this == BLOCK_DEVICE;
    }
}
