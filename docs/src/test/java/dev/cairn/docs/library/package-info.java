/**
 * A small program that uses Cairn as a library, and the tests that run it. {@code docs/library.md} explains and quotes it.
 *
 * <p>Priorities: it uses what is public and nothing else; it reads from top to bottom; what the page quotes is its very text.
 */
@NullMarked
package dev.cairn.docs.library;

import org.jspecify.annotations.NullMarked;
