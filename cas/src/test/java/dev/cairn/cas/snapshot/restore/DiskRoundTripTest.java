package dev.cairn.cas.snapshot.restore;

/** On the file system of temporary files. */
final class DiskRoundTripTest extends RoundTripContract {}
