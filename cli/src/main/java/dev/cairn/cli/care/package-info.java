/** Whether everything is there and right, and what to do if not: {@code verify}, {@code scrub}, {@code drill}, {@code repair}. */
@NullMarked
package dev.cairn.cli.care;

import org.jspecify.annotations.NullMarked;
