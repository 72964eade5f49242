/**
 * The keyless replication server: routes over HTTP/2, devices, sessions, tenants, and the repositories of one data folder.
 *
 * <p>Priorities, in this order: what was acknowledged is durable; nobody reads or writes what no grant covers; memory,
 * threads, connections and time stay bounded whatever a peer sends; then speed.
 *
 * <p>Invariants: no key of any repository is ever here. No blocking work on an event loop: the store is touched by a bounded
 * pool of threads only, and no thread waits for a peer. A grant that was taken back counts from the next request on, also
 * when another process took it back. Only hashes of codes and of session secrets are kept.
 *
 * <p>What the requests about a repository mean stands in {@code dev.cairn.replicator.RepositoryService}; this package does
 * not look inside records. It does not collect garbage, keep quotas, or serve HTTP/1.
 */
@NullMarked
package dev.cairn.server;

import org.jspecify.annotations.NullMarked;
