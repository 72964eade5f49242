/**
 * The store on disk, on LMDB.
 *
 * <p>A replica is a folder: {@code index/}, one LMDB environment of small rows; {@code volumes/NNNNNN.mdb}, append-only LMDB
 * environments of {@linkplain dev.cairn.cas.lmdb.Container containers} of records; {@code writer.lock}; {@code tmp/}.
 *
 * <p>Priorities, in this order: what was acknowledged is durable; a wrong byte, or a dead process, never comes of a damaged
 * file; closure holds in the index whatever happens; memory stays bounded; then speed.
 *
 * <p>Invariants: a volume is committed before the index that speaks of it. Every change begins with recovery, under the writer
 * lock. LMDB opens no file before its pages were checked by plain I/O. Every row of the index carries a checksum, every record
 * a digest, and all of the index but local tables can be rebuilt from the volumes.
 *
 * <p>Only {@code Environment} and {@code Faults} know the library. This package knows no keys, and does not decide what is kept.
 */
@NullMarked
package dev.cairn.cas.lmdb;

import org.jspecify.annotations.NullMarked;
