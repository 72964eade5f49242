package dev.cairn.cas.manifest;

/** The numbers of a character or block device, both unsigned. */
public record Device(int major, int minor) {}
