/**
 * Files of configuration: TOML, read into values that know where they stand, so that whatever is wrong is told with file and line.
 *
 * <p>Knows no key of any file. Loaded by those commands only that read such a file: its library takes some 200 ms in a fresh JVM.
 */
@NullMarked
package dev.cairn.cli.configuration;

import org.jspecify.annotations.NullMarked;
