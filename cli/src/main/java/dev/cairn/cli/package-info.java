/**
 * The command line: one class a command, documented exit codes, progress, JSON.
 *
 * <p>Priorities, in this order: a script can rely on exit codes and JSON; a person learns what happened and what to do next;
 * starting is quick, so nothing is loaded that the command does not need.
 *
 * <p>What a command prints is its result, on standard output: text, or with {@code --json} one document on one line.
 * Messages, progress and errors go to standard error. No command writes to either by itself: {@link dev.cairn.cli.Console}
 * does.
 */
@NullMarked
package dev.cairn.cli;

import org.jspecify.annotations.NullMarked;
