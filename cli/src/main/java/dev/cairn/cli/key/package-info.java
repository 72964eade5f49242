/**
 * What opens a repository and who signs in it: {@code init}, which makes the first key, {@code key} with its slots and epochs, {@code
 * roster}.
 */
@NullMarked
package dev.cairn.cli.key;

import org.jspecify.annotations.NullMarked;
