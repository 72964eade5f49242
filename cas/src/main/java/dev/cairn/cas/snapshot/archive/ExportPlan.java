package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.EntryPath;

/**
 * What to export.
 *
 * @param manifest the root of a snapshot's manifest
 * @param top the folder whose content, or the file which, is in the archive
 */
public record ExportPlan(ObjectId manifest, EntryPath top, ExportFormat format) {}
