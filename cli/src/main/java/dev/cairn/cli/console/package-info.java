/**
 * Where the words of a command go: standard output and error, the person at the terminal, progress, and files that are there whole or
 * not at all.
 */
@NullMarked
package dev.cairn.cli.console;

import org.jspecify.annotations.NullMarked;
