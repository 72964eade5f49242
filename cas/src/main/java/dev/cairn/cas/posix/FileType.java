package dev.cairn.cas.posix;

/** What kind of thing a name in a folder stands for. */
public enum FileType {
    REGULAR(0x8000),
    DIRECTORY(0x4000),
    SYMLINK(0xA000),
    FIFO(0x1000),
    SOCKET(0xC000),
    CHARACTER_DEVICE(0x2000),
    BLOCK_DEVICE(0x6000),
    /** In a listing: the file system does not say, ask {@link Directory#stat}. In a stat: none of the above. */
    UNKNOWN(0);

    private static final int TYPE_MASK = 0xF000;

    /** The file type bits of {@code st_mode}, as Linux has them. */
    private final int modeBits;

    FileType(int modeBits) {
        this.modeBits = modeBits;
    }

    int modeBits() {
        return modeBits;
    }

    static FileType ofMode(int mode) {
        return ofBits(mode & TYPE_MASK);
    }

    /** {@code d_type} of a directory entry is the type bits of the mode, shifted down by 12. */
    static FileType ofDirectoryEntry(int type) {
        return ofBits((type & 0xF) << 12);
    }

    private static FileType ofBits(int bits) {
        return switch (bits) {
            case 0x8000 -> REGULAR;
            case 0x4000 -> DIRECTORY;
            case 0xA000 -> SYMLINK;
            case 0x1000 -> FIFO;
            case 0xC000 -> SOCKET;
            case 0x2000 -> CHARACTER_DEVICE;
            case 0x6000 -> BLOCK_DEVICE;
            default -> UNKNOWN;
        };
    }
}
