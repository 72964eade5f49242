/**
 * What changes about a snapshot after it was made: forgotten, pinned, tagged. A holder of the key makes signed notes of it here,
 * and checks those that others made; a store keeps them without a key.
 *
 * <p>Priorities, in this order: nothing is forgotten that a replica of this repository did not sign; all replicas come to the
 * same end, whatever order notes arrive in; who has no key learns no text.
 */
@NullMarked
package dev.cairn.cas.snapshot.note;

import org.jspecify.annotations.NullMarked;
