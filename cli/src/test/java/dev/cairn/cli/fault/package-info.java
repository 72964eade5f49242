/** What is left after crashes, failing calls and failing disks, of the whole product. */
@NullMarked
package dev.cairn.cli.fault;

import org.jspecify.annotations.NullMarked;
