/**
 * The tests that hold the code to the documents: which room may import what, what a source file looks like, and that what
 * the README and the launcher promise is so.
 *
 * <p>Priorities: each rule can fail (it is also run against a small tree that breaks it), then a message that says what to
 * do, then speed.
 */
@NullMarked
package dev.cairn.docs;

import org.jspecify.annotations.NullMarked;
