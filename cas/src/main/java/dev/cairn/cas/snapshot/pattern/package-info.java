/**
 * Patterns of paths, as excludes and searches are written: gitignore's language.
 *
 * <p>Priorities, in this order: a pattern means what git takes it for; matching takes time in proportion, whatever the pattern;
 * names of any bytes can be told apart; then speed.
 *
 * <p>What it does not do: decide what a capture leaves out, or read files.
 */
@NullMarked
package dev.cairn.cas.snapshot.pattern;

import org.jspecify.annotations.NullMarked;
