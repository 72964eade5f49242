/**
 * Measurements: JMH suites over the product's hot paths, one class a path, each beside the least that the machine can do
 * (a copy of the same bytes, a plain file, no compression), so that a figure has a scale.
 *
 * <p>Priorities, in this order: a figure that can be repeated (fixed seeds, states scoped to what they serve, the command in
 * {@code bench/README.md}); a yardstick beside it; then coverage. {@link dev.cairn.bench.Operation} says of each what one
 * operation is, so that a score reads as MiB, entries or ids a second. Not tests: nothing here decides whether a build
 * passes, and nothing in the product sees it. What the product keeps to itself (the compressor, containers) is measured
 * through what is public, and the class says what else is in the figure.
 */
@NullMarked
package dev.cairn.bench;

import org.jspecify.annotations.NullMarked;
