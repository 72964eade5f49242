/**
 * The command line: where the process begins, the list of commands, help, version, logs and the rehearsal. Each command is one class in
 * the package of what it is about.
 *
 * <p>Priorities, in this order: a script can rely on exit codes and JSON; a person learns what happened and what to do next;
 * starting is quick, so nothing is loaded that the command does not need.
 *
 * <p>What a command prints is its result, on standard output: text, or with {@code --json} one document on one line.
 * Messages, progress and errors go to standard error. No command writes to either by itself: {@link
 * dev.cairn.cli.console.Console} does.
 *
 * <p>Imports point one way: {@code failure}, {@code text}, {@code console}, {@code command} and {@code configuration}, each above the one before; then the
 * packages of commands, some of which ask {@code remote} or {@code look}; then this one, which sees all.
 */
@NullMarked
package dev.cairn.cli;

import org.jspecify.annotations.NullMarked;
