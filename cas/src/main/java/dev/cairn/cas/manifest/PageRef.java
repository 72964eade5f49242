package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;

/**
 * What a branch page says of one page beneath it.
 *
 * @param key the key of the last item beneath; decides where pages end. Branches of maps keep it, those of lists do not: there
 *     it is known while building only, and empty after reading
 * @param items how many items stand beneath, at least 1
 * @param bytes the bytes of file that they are; 0 in a map
 */
record PageRef(byte[] key, ObjectId page, long items, long bytes) {}
