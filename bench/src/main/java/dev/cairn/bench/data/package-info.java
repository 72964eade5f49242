/**
 * What benchmarks work on: bytes of several kinds, folders, repositories and a server, all made from seeds.
 *
 * <p>Priorities, in this order: the same input in every run and on every machine; nothing left behind on the disk; quick to
 * make, since each fork of a benchmark makes its own. It measures nothing.
 */
@NullMarked
package dev.cairn.bench.data;

import org.jspecify.annotations.NullMarked;
