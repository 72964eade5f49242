/**
 * How values are written and read on a command line: sizes, counts, times, durations, rates, limits, paths and names of any bytes.
 *
 * <p>Nothing here reads a repository or prints; what cannot be understood is wrong usage.
 */
@NullMarked
package dev.cairn.cli.text;

import org.jspecify.annotations.NullMarked;
