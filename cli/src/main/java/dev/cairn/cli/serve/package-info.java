/**
 * The server and its data folder: {@code serve}, {@code device}, {@code tenant}, {@code log}. All but the first work while a server runs on
 * the folder, too.
 */
@NullMarked
package dev.cairn.cli.serve;

import org.jspecify.annotations.NullMarked;
