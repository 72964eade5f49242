/**
 * Other replicas: {@code remote}, {@code push}, {@code pull}, {@code clone}, and what they share with whoever else asks a server: its
 * address and pinned key, and what was seen there before.
 */
@NullMarked
package dev.cairn.cli.remote;

import org.jspecify.annotations.NullMarked;
