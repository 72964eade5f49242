package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.server.wire.Access;
import java.util.HashMap;
import java.util.Map;

/** Quotas as they stand in the file of an {@link AccessList}. A number that is not there is no limit; 0 is nothing at all. */
final class AccessQuotas {

    private AccessQuotas() {}

    static dev.cairn.server.wire.Quota encode(Scope scope, Quota quota) {
        dev.cairn.server.wire.Quota.Builder builder = dev.cairn.server.wire.Quota.newBuilder()
                .setTenant(scope.tenant())
                .setRepository(scope.repository());
        if (quota.bytes() != Quota.NONE) {
            builder.setBytes(quota.bytes());
        }
        if (quota.objects() != Quota.NONE) {
            builder.setObjects(quota.objects());
        }
        if (quota.branches() != Quota.NONE) {
            builder.setBranches(quota.branches());
        }
        if (quota.requests() != Quota.NONE) {
            builder.setRequests(quota.requests());
        }
        return builder.build();
    }

    /** @throws IllegalArgumentException if a scope or a number is not one */
    static Map<Scope, Quota> decode(Access message, String where) {
        if (message.getQuotasCount() > AccessList.QUOTAS_MAX) {
            throw new CorruptDataException(
                    where, "at most " + AccessList.QUOTAS_MAX + " quotas", String.valueOf(message.getQuotasCount()));
        }
        Map<Scope, Quota> quotas = new HashMap<>();
        for (dev.cairn.server.wire.Quota quota : message.getQuotasList()) {
            quotas.put(
                    new Scope(quota.getTenant(), quota.getRepository()),
                    new Quota(
                            quota.hasBytes() ? quota.getBytes() : Quota.NONE,
                            quota.hasObjects() ? quota.getObjects() : Quota.NONE,
                            quota.hasBranches() ? quota.getBranches() : Quota.NONE,
                            quota.hasRequests() ? quota.getRequests() : Quota.NONE));
        }
        return quotas;
    }
}
