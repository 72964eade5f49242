/**
 * Keys and sealing: from plain objects to the bytes that a keyless store holds, and back.
 *
 * <p>Priorities, in this order: a wrong byte is never returned; nothing that is not meant to be clear is; formats are
 * canonical and have golden files; speed.
 *
 * <p>Invariants: every id is recomputed from what was opened before anyone sees it; whatever comes from disk or a peer is
 * bounded before it is believed; a secret never appears in a message or a {@code toString}; nonces come from {@link
 * dev.cairn.cas.seal.Entropy} and from nowhere else.
 *
 * <p>AES, SHA, X25519 and Ed25519 are the JDK's. Bouncy Castle is loaded only to open or make a password slot (Argon2id).
 * This package reads and writes no store: it turns objects into records and slots into keys.
 */
@NullMarked
package dev.cairn.cas.seal;

import org.jspecify.annotations.NullMarked;
