/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;

/**
 * Looks up the addresses of policy hosts by the DNS of deliveries, by the rules that keep mail from private and special addresses. The
 * resolver of the operating system is never asked.
 */
final class HostResolver {
    /** Addresses tried for one host. */
    static final int MAX_ADDRESSES = 4;

    private final SecureDns dns;
    private final RoutingRules rules;

    /**
     * A resolver.
     *
     * @param allowedSpecialTargets private and special addresses that may be connected to all the same
     */
    HostResolver(SecureDns dns, List<AddressRange> allowedSpecialTargets) {
        this.dns = dns;
        // This server may serve policies itself, so that no address is left out for being its own.
        this.rules = new RoutingRules(Set.of(), Set.of(), allowedSpecialTargets, 1, MAX_ADDRESSES);
    }

    /**
     * The addresses to try, in this order.
     *
     * @throws FetchFailure if there is none, or if the time is over
     */
    HostAddresses.Found addresses(DomainName host, Deadline deadline) throws FetchFailure {
        MxHost.Named named = new MxHost.Named(host, 0);
        HostAddresses addresses = HostAddresses.of(named, resolve(host, RecordType.A, deadline), resolve(host, RecordType.AAAA, deadline),
            rules);
        if (addresses instanceof HostAddresses.Found found) {
            return found;
        }
        String reason = addresses instanceof HostAddresses.NotFound none ? none.failure().text() : "it is this server";
        throw FetchFailure.unavailable("the policy host cannot be connected to: " + reason);
    }

    private Resolution<AddressRecord> resolve(DomainName host, RecordType<AddressRecord> type, Deadline deadline) throws FetchFailure {
        Resolution<AddressRecord> answer = Resolution.by(host, name -> step(name, type, deadline));
        Optional<FetchFailure> over = deadline.failure();
        if (over.isPresent()) {
            throw over.get();
        }
        return answer;
    }

    private Lookup<AddressRecord> step(DomainName name, RecordType<AddressRecord> type, Deadline deadline) {
        CompletableFuture<Lookup<AddressRecord>> answer = new CompletableFuture<>();
        dns.lookup(name, type).whenComplete((lookup, defect) -> answer.complete(defect == null ? lookup
            : failed(name, Lookup.Reason.INTERNAL, "an unexpected error")));
        try {
            return deadline.await(answer);
        } catch (FetchFailure e) {
            return failed(name, Lookup.Reason.NOT_READY, String.valueOf(e.getMessage()));
        }
    }

    private static Lookup<AddressRecord> failed(DomainName name, Lookup.Reason reason, String text) {
        return new Lookup.Failed<>(name, reason, Optional.empty(), text, OptionalInt.empty());
    }
}
