/**
 * Verification: reads a repository back and says what is wrong with it.
 *
 * <p>Priorities, in this order: nothing damaged passes; every damage is named, by place and by the paths it touches; memory
 * does not grow with the repository.
 *
 * <p>A verification itself changes nothing. Notes of what it found are the caller's to make, and {@link
 * dev.cairn.cas.snapshot.verify.Mending} takes what is lost from other copies.
 */
@NullMarked
package dev.cairn.cas.snapshot.verify;

import org.jspecify.annotations.NullMarked;
