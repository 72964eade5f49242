package dev.cairn.replicator.net;

/**
 * What went over the wire.
 *
 * @param bytesSent at the socket, TLS and its handshake included
 * @param bytesReceived likewise
 * @param requests HTTP requests, those for greetings and those that were repeated included
 * @param batchesRepeated batches of records that went out again, for no answer had come
 */
public record WireCounts(long bytesSent, long bytesReceived, long requests, long batchesRepeated) {}
