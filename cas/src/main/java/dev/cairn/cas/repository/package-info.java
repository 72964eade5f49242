/**
 * A replica of a repository together with its keys: store, configuration, key slots, and the replica's own identity.
 *
 * <p>Priorities, in this order: a key source that was given is the one that is used, and says what is wrong with it; a
 * repository is there whole or not at all; secrets are files of mode 0600; opening is quick.
 *
 * <p>Invariants: nothing is handed out before the configuration's code was checked under the key; an object is read from
 * the first provider that verifies; a copied folder signs under an identity of its own.
 *
 * <p>What is stored and how is the business of {@code dev.cairn.cas.lmdb}, what is inside a record that of {@code
 * dev.cairn.cas.seal}. Where keys are looked for when none is named is decided by the command line.
 */
@NullMarked
package dev.cairn.cas.repository;

import org.jspecify.annotations.NullMarked;
