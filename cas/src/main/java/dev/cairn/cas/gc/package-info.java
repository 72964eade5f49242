/**
 * What is kept and what may go: policies of retention. Plans here are made from values alone and change nothing; whoever carries
 * them out asks {@code dev.cairn.cas.snapshot.note}.
 *
 * <p>Priorities, in this order: a snapshot that a person would miss is not given up; a plan says why each snapshot stays; the
 * same snapshots give the same plan.
 */
@NullMarked
package dev.cairn.cas.gc;

import org.jspecify.annotations.NullMarked;
