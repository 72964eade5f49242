/** Tests of the command line as a whole: usage, messages, secrets. */
@NullMarked
package dev.cairn.cli;

import org.jspecify.annotations.NullMarked;
