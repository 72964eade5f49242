/**
 * Data into snapshots and out of them: {@code snapshot}, {@code restore}, {@code import}, {@code export}, and the options that say of
 * what.
 */
@NullMarked
package dev.cairn.cli.capture;

import org.jspecify.annotations.NullMarked;
