/**
 * The program around the suites: which of them run and for how long, what is kept of a run, and the page that shows it.
 *
 * <p>Priorities, in this order: a result says where and of what it was measured; every option of JMH goes on working; few options
 * of its own. It holds no benchmark. Results are JSON, read and written here ({@link dev.cairn.bench.run.Json}), since Jackson
 * belongs to the command line.
 */
@NullMarked
package dev.cairn.bench.run;

import org.jspecify.annotations.NullMarked;
