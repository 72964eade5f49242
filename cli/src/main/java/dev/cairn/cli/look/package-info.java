/** Looking without changing anything: {@code snapshots}, {@code ls}, {@code cat}, {@code find}, {@code diff}, {@code stats}. */
@NullMarked
package dev.cairn.cli.look;

import org.jspecify.annotations.NullMarked;
