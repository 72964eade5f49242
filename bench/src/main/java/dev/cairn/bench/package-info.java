/**
 * Measurements: JMH suites over the product's hot paths, one class a path, each beside the least that the machine can do
 * (a copy of the same bytes), so that a figure has a scale.
 *
 * <p>Priorities, in this order: a figure that can be repeated (fixed seeds, the command in the class comment); a yardstick
 * beside it; then coverage. Not tests: nothing here decides whether a build passes, and nothing in the product sees it.
 */
@NullMarked
package dev.cairn.bench;

import org.jspecify.annotations.NullMarked;
