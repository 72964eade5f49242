/**
 * What fuzz tests of all modules share: a corpus that is mutated by seed in each build, and the measure of what a parser may do
 * with foreign bytes. See {@code docs/fuzzing.md}.
 */
@NullMarked
package dev.cairn.delta.fuzz;

import org.jspecify.annotations.NullMarked;
