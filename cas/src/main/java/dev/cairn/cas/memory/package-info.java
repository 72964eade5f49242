/**
 * A replica that lives in memory: the store of tests and of trials.
 *
 * <p>Priorities: the same answers as the store on disk, since it passes the same contract suite; then shortness. It is not
 * durable, not shared between processes and not bounded.
 */
@NullMarked
package dev.cairn.cas.memory;

import org.jspecify.annotations.NullMarked;
