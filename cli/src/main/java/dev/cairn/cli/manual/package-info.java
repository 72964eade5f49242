/**
 * The manual pages, made from the commands themselves: a page a command, and one for the program that has what no command knows
 * (exit codes, environment, files).
 *
 * <p>Pages are in the language of man(7), which groff and mandoc both set without a warning.
 */
@NullMarked
package dev.cairn.cli.manual;

import org.jspecify.annotations.NullMarked;
