package dev.cairn.server;

import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.Role;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A device that was let in, and where. The same device stands once for each code that it enrolled with.
 *
 * @param name what the device calls itself, for people; may hold anything
 * @param revoked when it was shut out again; null while it is let in
 */
public record Device(
        DeviceId id,
        String name,
        Scope scope,
        Role role,
        Instant enrolled,
        @Nullable Instant revoked) {}
