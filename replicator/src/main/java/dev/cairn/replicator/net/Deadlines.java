package dev.cairn.replicator.net;

import java.time.Duration;

/**
 * How long a try of a request waits.
 *
 * @param connection for a new connection, its handshakes included
 * @param silence while nothing at all moves
 * @param answer for the beginning of an answer: a server commits, or looks for records
 */
record Deadlines(Duration connection, Duration silence, Duration answer) {

    static final Deadlines DEFAULT =
            new Deadlines(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofSeconds(120));
}
