/**
 * Whether this machine, this user's files and the repository are as they should be, and what to do where not: {@code doctor}.
 *
 * <p>Each class looks at one thing and only looks: nothing is changed but scratch files, which are removed. What cannot be found out
 * is said, and keeps nothing else from being looked at.
 */
@NullMarked
package dev.cairn.cli.doctor;

import org.jspecify.annotations.NullMarked;
