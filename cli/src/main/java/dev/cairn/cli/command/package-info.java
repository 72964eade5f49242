/**
 * What every command is built on: the root with its global options, places on this machine, access to a repository and its key, the
 * snapshot that an argument names, Ctrl-C.
 *
 * <p>No command stands here: a command knows these, and these know no command.
 */
@NullMarked
package dev.cairn.cli.command;

import org.jspecify.annotations.NullMarked;
