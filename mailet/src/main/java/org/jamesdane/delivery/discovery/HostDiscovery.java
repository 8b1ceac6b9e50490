/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.discovery;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.RequireTls;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.Asked;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.MxRouting;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.dane.trace.TraceRecorder;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.sts.StsJudge;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsRules;

/**
 * Lookups of a delivery to one next hop before it connects: hosts, addresses, TLSA records, and what a connection must be. A diagnosis asks
 * the same questions, so that it explains what a delivery does.
 */
public final class HostDiscovery {
    private static final AddressRange ALL_IPV4 = AddressRange.parse("0.0.0.0/0");
    private static final AddressRange ALL_IPV6 = AddressRange.parse("::/0");

    /**
     * Result of the search for a host's TLSA records, and the requirement that follows.
     *
     * @param requirement what a connection has to be for the mail
     * @param decision the part that an MTA-STS policy has in it
     * @param sts what was known of that policy
     */
    public record Judged(TlsaDiscovery discovery, TlsRequirement requirement, StsRules.Decision decision, StsDiscovery sts) {
    }

    private final BlockingResolver lookups;
    private final DeliverySettings settings;
    private final RandomGenerator random;
    private final NextHop nextHop;
    private final TraceRecorder trace;
    private final StsJudge sts;
    private final List<Asked> asked = new ArrayList<>();
    private boolean txtRecordNoted;

    /**
     * Takes what it works with.
     *
     * @param random decides the order of equals
     * @param trace hears of everything
     * @param clock the wall clock
     */
    public HostDiscovery(BlockingResolver lookups, DeliverySettings settings, RandomGenerator random, NextHop nextHop,
        TraceRecorder trace, InstantSource clock) {
        this.lookups = lookups;
        this.settings = settings;
        this.random = random;
        this.nextHop = nextHop;
        this.trace = trace;
        this.sts = new StsJudge(settings.sts(), nextHop, clock);
    }

    /** The hosts of the next hop. The search for an MTA-STS policy begins beside that for the hosts. */
    public Routing route(Policy policy) {
        sts.begin(policy);
        if (nextHop instanceof NextHop.Host host) {
            return MxRouting.direct(host);
        }
        if (nextHop instanceof NextHop.Address literal) {
            return MxRouting.direct(literal);
        }
        NextHop.Domain domain = (NextHop.Domain) nextHop;
        return MxRouting.from(domain, resolve(domain.name(), RecordType.MX), policy, settings.routing(), random);
    }

    /** A gateway is what the operator says it is: neither a loop nor a private or special address makes it a wrong one. */
    public RoutingRules rules() {
        RoutingRules rules = settings.routing();
        return nextHop.gateway() ? new RoutingRules(Set.of(), Set.of(), List.of(ALL_IPV4, ALL_IPV6), rules.maxHosts(),
            rules.maxAddresses()) : rules;
    }

    /** The addresses of a host. */
    public HostAddresses addresses(MxHost host) {
        if (host instanceof MxHost.Literal literal) {
            return HostAddresses.of(literal, rules());
        }
        MxHost.Named named = (MxHost.Named) host;
        Resolution<AddressRecord> ipv4 = resolve(named.name(), RecordType.A);
        Resolution<AddressRecord> ipv6 = resolve(named.name(), RecordType.AAAA);
        return HostAddresses.of(named, ipv4, ipv6, rules());
    }

    /** The TLSA records of a host whose addresses are known, and what a connection to it must be. */
    public Judged judge(Policy policy, Routing.Route route, HostAddresses.Found addresses) {
        return judge(policy, route, addresses, false);
    }

    /**
     * Judges a host as the other method does, for one mail.
     *
     * @param requireTls whether it demands REQUIRETLS
     */
    public Judged judge(Policy policy, Routing.Route route, HostAddresses.Found addresses, boolean requireTls) {
        MxHost host = addresses.host();
        TlsaDiscovery discovery = TlsaSearch.run(TlsaSearch.begin(policy, route, addresses, settings.insecureMx()),
            alias -> lookups.step(alias, RecordType.CNAME), name -> lookups.resolve(name, RecordType.TLSA));
        discovery.asked().forEach(answer -> asked.add(new Asked(RecordType.TLSA.toString(), answer)));
        trace.discovery(host, discovery);
        StsJudge.Judged bySts = sts.judge(policy, route, requirement(policy, route, host, discovery));
        noteTxtRecord();
        TlsRequirement byPolicy = bySts.decision().requirement();
        TlsRequirement requirement = requireTls ? RequireTls.raise(byPolicy, route, settings.senderWishes().anchors()) : byPolicy;
        trace.requirement(requirement);
        return new Judged(discovery, requirement, bySts.decision(), bySts.discovery());
    }

    /** Notes the question for the TXT record of an MTA-STS policy, once its answer is there. */
    private void noteTxtRecord() {
        if (!txtRecordNoted) {
            sts.asked().ifPresent(answer -> {
                txtRecordNoted = true;
                note(RecordType.TXT, answer);
            });
        }
    }

    /** MTA-STS beside DANE, for the hosts of this next hop. */
    public StsJudge sts() {
        return sts;
    }

    private TlsRequirement requirement(Policy policy, Routing.Route route, MxHost host, TlsaDiscovery discovery) {
        return nextHop.gateway() && settings.gatewayOptions().verifyIdentity()
            ? DanePolicy.requirementForVerified(policy, route, host, discovery, settings.gatewayOptions().anchors())
            : DanePolicy.requirementFor(policy, route, host, discovery);
    }

    /** Questions so far, with their answers; a view that grows with the lookups. */
    public List<Asked> asked() {
        return Collections.unmodifiableList(asked);
    }

    private <R extends DnsRecord> Resolution<R> resolve(DomainName name, RecordType<R> type) {
        Resolution<R> answer = lookups.resolve(name, type);
        note(type, answer);
        return answer;
    }

    private <R extends DnsRecord> void note(RecordType<R> type, Resolution<R> answer) {
        trace.lookup(type.toString(), answer);
        asked.add(new Asked(type.toString(), answer));
    }
}
