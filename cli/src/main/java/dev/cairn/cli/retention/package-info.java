/** What is kept and under which name: {@code branch}, {@code tag}, {@code pin}, {@code forget}, {@code gc}. */
@NullMarked
package dev.cairn.cli.retention;

import org.jspecify.annotations.NullMarked;
