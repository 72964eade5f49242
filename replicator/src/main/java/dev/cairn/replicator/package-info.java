/**
 * Replication of repositories: the sessions that push and pull, and what a keyless server does with their requests.
 *
 * <p>Priorities, in this order: the end state is right whatever is lost, repeated or reordered on the way; what was
 * acknowledged is never sent again; memory stays bounded, whatever the peer sends and however large the repository is; then
 * speed.
 *
 * <p>Sessions do no network I/O, own no thread and read no clock: they take events and return actions, and read and write
 * the local store they are given. A driver in {@code dev.cairn.replicator.net} carries the actions out; in tests a seeded
 * simulator does.
 */
@NullMarked
package dev.cairn.replicator;

import org.jspecify.annotations.NullMarked;
