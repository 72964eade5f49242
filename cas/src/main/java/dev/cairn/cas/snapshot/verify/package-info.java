/**
 * Verification: reads a repository back and says what is wrong with it.
 *
 * <p>Priorities, in this order: nothing damaged passes; every damage is named, by place and by the paths it touches; memory
 * does not grow with the repository.
 *
 * <p>Not done here: mending. What is found is only reported.
 */
@NullMarked
package dev.cairn.cas.snapshot.verify;

import org.jspecify.annotations.NullMarked;
