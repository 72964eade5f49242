package dev.cairn.cas;

/**
 * Sizes and counts of a store.
 *
 * @param objects ids in the index
 * @param records stored records
 * @param recordBytes their bytes
 * @param diskBytes what all files of the store take on disk
 */
public record StoreStats(long objects, long records, long recordBytes, long diskBytes) {}
