/** The program {@code rdiff} of librsync, in its formats: {@code signature}, {@code delta}, {@code patch}; takes no repository. */
@NullMarked
package dev.cairn.cli.rdiff;

import org.jspecify.annotations.NullMarked;
