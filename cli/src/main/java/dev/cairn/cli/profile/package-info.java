/**
 * Profiles: named sets of options, and of what is done before and after a command, in a file of configuration.
 *
 * <p>Invariants: a mistake in the file is told with its line before anything is done; what the command line or the environment says
 * wins; nothing here shows a secret, nor a command, which may hold one. Runs no command of Cairn: that is the room above.
 */
@NullMarked
package dev.cairn.cli.profile;

import org.jspecify.annotations.NullMarked;
