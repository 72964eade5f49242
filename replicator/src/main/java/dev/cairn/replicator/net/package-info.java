/**
 * The client's side of the network: HTTP/2 over Vert.x, pinned TLS, session tokens, retries, and the driver that carries out
 * what push and pull sessions ask for.
 *
 * <p>Priorities, in this order: nothing is sent to a server whose key is not the pinned one; memory stays bounded in both
 * directions (a slow peer stops the sender, a slow disk stops the receiver); what a passing fault breaks is tried again;
 * then speed.
 *
 * <p>Threads: one event loop of Vert.x, and a virtual thread for each request under way, which does the waiting. Callers
 * block. Vert.x is loaded when the first {@link dev.cairn.replicator.net.RemoteClient} is opened, not before.
 */
@NullMarked
package dev.cairn.replicator.net;

import org.jspecify.annotations.NullMarked;
