/**
 * The content-addressed store: what an object is, how a sealed record looks from outside, and what a store promises.
 *
 * <p>Priorities, in this order: a wrong byte is never returned; what was acknowledged is durable; memory stays bounded;
 * then speed.
 *
 * <p>Everything in this package works without any key. It sees ids, sizes and the shape of the tree, never names or
 * contents, so that a server can hold a replica, check its closure and hand it on. Keys, compression and encryption live in
 * {@code dev.cairn.cas.seal}; the store on disk in {@code dev.cairn.cas.lmdb}; folders in {@code dev.cairn.cas.snapshot}.
 */
@NullMarked
package dev.cairn.cas;

import org.jspecify.annotations.NullMarked;
