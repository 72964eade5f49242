/**
 * Makes a folder equal to a snapshot, or to a part of one.
 *
 * <p>Priorities, in this order: nothing is written outside the target, whatever a manifest or a link in the target says; no
 * wrong byte is left under a file's name; what is the same already is not touched; damage to one file costs that file only.
 *
 * <p>Three passes over the manifest, each a stream in path order: files, folders and special files; then symbolic links and
 * the attributes of folders, so that nothing is ever written through a link that was just made and a folder's times are the
 * last thing set in it; then, if asked for, a comparison of every byte. Every name is looked up in its open folder without
 * following links. Contents are written to a temporary name beside their own and renamed when they are whole. A dry run is the
 * first pass alone, which then writes nothing and counts the links too.
 *
 * <p>In the first pass several threads run ahead: they make files under their temporary names ({@code PreparedFile}), and a file
 * gets its own name when its turn has come ({@code Lookahead}). Folders, names, counts and messages are the restoring thread's
 * alone, in path order.
 *
 * <p>Not done here: finding the snapshot, parsing of places, telling a person.
 */
@NullMarked
package dev.cairn.cas.snapshot.restore;

import org.jspecify.annotations.NullMarked;
