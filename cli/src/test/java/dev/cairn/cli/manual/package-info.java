/** The manual pages, as formatters read them. */
@NullMarked
package dev.cairn.cli.manual;

import org.jspecify.annotations.NullMarked;
