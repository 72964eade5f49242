/**
 * File system calls on open folders and raw names: what the JDK has no call for, from the operating system by the
 * foreign-function API, and a plain {@code java.nio} stand-in where that cannot be had.
 *
 * <p><b>Priorities, in this order.</b> Nothing is followed that was not asked for: below a root that a caller opened,
 * every call is relative to an open folder and takes one name without a slash, so that a path component swapped for a
 * symbolic link leads nowhere. Then: nothing is lost (names are bytes, times have nanoseconds, holes and extended
 * attributes are seen); every error carries its number, operation and name; no handle leaks; speed.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A name is one to 4095 bytes, holds no slash and no zero byte, and is neither {@code .} nor {@code ..}; anything
 *       else is refused with EINVAL before the operating system sees it.
 *   <li>The only paths used below a root start with {@code /proc/self/fd/N}, where N is a folder or file held open.
 *   <li>Every descriptor is opened close-on-exec. {@code close()} is idempotent and waits for no one: a descriptor in
 *       use by another thread is closed by the last user, so a number is never reused under a running call.
 *   <li>An interrupted call (EINTR) is repeated.
 * </ul>
 *
 * <p><b>Threads.</b> Handles may be shared between threads. Reads and writes name their position; there is no file
 * pointer. Native memory is one small block a thread (about 200 KiB, plus 256 KiB on threads that read or write file
 * bytes), freed some time after the thread ended.
 *
 * <p><b>What it does not do.</b> It does not walk trees, decide what to keep, order metadata calls (set the owner
 * before the mode: changing an owner clears set-id bits) or set access times.
 */
@NullMarked
package dev.cairn.cas.posix;

import org.jspecify.annotations.NullMarked;
