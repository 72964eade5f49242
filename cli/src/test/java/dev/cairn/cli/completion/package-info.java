/** The scripts in the shells that they are for. */
@NullMarked
package dev.cairn.cli.completion;

import org.jspecify.annotations.NullMarked;
