/**
 * What ends a command before its end: exit codes, problems with what to do next, and what each failure of the rooms below means to a
 * person.
 *
 * <p>Everything else of the command line may see it; it sees nothing of the command line.
 */
@NullMarked
package dev.cairn.cli.failure;

import org.jspecify.annotations.NullMarked;
