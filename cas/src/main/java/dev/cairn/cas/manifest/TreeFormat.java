package dev.cairn.cas.manifest;

/**
 * A kind of tree: its leaves and its branches.
 *
 * @param keyed whether items are sorted by their keys, strictly ascending: a map, else a list
 */
record TreeFormat<T>(PageFormat<T> leaf, PageFormat<PageRef> branch, boolean keyed) {

    /** Maps from path to entry. */
    static final TreeFormat<Entry> ENTRIES = new TreeFormat<>(new EntryPageFormat(), new MapBranchFormat(), true);

    /** Lists of the segments of a file. */
    static final TreeFormat<Segment> SEGMENTS =
            new TreeFormat<>(new SegmentPageFormat(), new ListBranchFormat(), false);

    /**
     * The most levels. Two items a page at least, so 2^24 leaves fit however keys conspire; an ordinary tree of a million
     * files has three.
     */
    static final int LEVELS_MAX = 24;
}
