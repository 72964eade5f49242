/** Small files and folders that are on the disk, whole, when a call returns, or gone with all that is in them. */
@NullMarked
package dev.cairn.cas.file;

import org.jspecify.annotations.NullMarked;
