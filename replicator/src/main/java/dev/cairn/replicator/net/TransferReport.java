package dev.cairn.replicator.net;

import dev.cairn.replicator.TransferResult;

/** What a push or pull did, and what it took. */
public record TransferReport(TransferResult result, WireCounts wire) {}
