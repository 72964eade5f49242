/** Tests of the server: its parts by themselves, and whole servers over real connections. */
@NullMarked
package dev.cairn.server;

import org.jspecify.annotations.NullMarked;
