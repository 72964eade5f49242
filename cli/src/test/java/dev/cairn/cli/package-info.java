/** Tests of the command line: each command in this process, and the whole product as processes of its own. */
@NullMarked
package dev.cairn.cli;

import org.jspecify.annotations.NullMarked;
