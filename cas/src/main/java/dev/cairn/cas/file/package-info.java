/** Small files and folders that are on the disk, whole, when a call returns. */
@NullMarked
package dev.cairn.cas.file;

import org.jspecify.annotations.NullMarked;
