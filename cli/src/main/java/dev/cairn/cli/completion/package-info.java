/**
 * Scripts by which bash, zsh and fish complete the command line, made from the commands themselves.
 *
 * <p>Priorities, in this order: a script offers what the command takes and nothing else; pressing the key costs no start of a JVM,
 * except for names that only a repository knows; whatever goes wrong, the shell's line stays clean.
 *
 * <p>What a shell does stands in the templates beside these classes; the tables in them are filled in here. Which values an
 * option or an operand takes is told by its label ({@link dev.cairn.cli.completion.Candidates}).
 */
@NullMarked
package dev.cairn.cli.completion;

import org.jspecify.annotations.NullMarked;
