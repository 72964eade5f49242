/**
 * What a client and a server say to each other: requests, responses, problems, their limits and their encoding, version
 * negotiation, and the signed claims by which a device proves itself. {@code docs/protocol.md} is the contract.
 *
 * <p>Priorities, in this order: nothing that a peer sends is trusted, every count and length is bounded before memory is
 * taken on its word; messages of later versions stay readable (unknown fields are skipped); then speed.
 *
 * <p>Protobuf is known here only: everybody else sees records and bytes. No class here does I/O or keeps state, except
 * {@link dev.cairn.replicator.protocol.FrameReader}, which keeps the beginning of a frame.
 */
@NullMarked
package dev.cairn.replicator.protocol;

import org.jspecify.annotations.NullMarked;
