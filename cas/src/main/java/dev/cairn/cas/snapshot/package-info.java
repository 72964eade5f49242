/**
 * Snapshots: what one says, how it is signed, and how a folder becomes one and one becomes a folder.
 *
 * <p>Priorities, in this order: a wrong byte is never restored; nothing is written outside the target; a failed or empty
 * listing never means deletion; memory stays bounded; then speed.
 *
 * <p>A snapshot is an object whose children are the roots of its Merkle maps ({@code dev.cairn.cas.manifest}). Its body is
 * signed by the replica that made it; every reader checks the signature, the certificate behind it, and that the clear header
 * says the same.
 */
@NullMarked
package dev.cairn.cas.snapshot;

import org.jspecify.annotations.NullMarked;
