/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Security;

/** Rules that lead from a next hop to the hosts to try (RFC 5321 §5.1, RFC 7505, RFC 7672 §2.2.1). */
public final class MxRouting {
    private final NextHop.Domain nextHop;
    private final RoutingRules rules;
    private final RandomGenerator random;
    private final List<String> notes = new ArrayList<>();

    private MxRouting(NextHop.Domain nextHop, RoutingRules rules, RandomGenerator random) {
        this.nextHop = nextHop;
        this.rules = rules;
        this.random = random;
    }

    /** The route to a next hop whose MX records are not looked up. */
    public static Routing direct(NextHop.Host gateway) {
        // RFC 7672 §2.2.2: a configured relay that is not subject to MX resolution; its name needs no proof.
        return new Routing.Route(gateway, Routing.Kind.GATEWAY, gateway.name().toString(), Security.SECURE,
            List.of(new MxHost.Named(gateway.name(), 0)), List.of());
    }

    /** The route to an address. */
    public static Routing direct(NextHop.Address literal) {
        return new Routing.Route(literal, Routing.Kind.ADDRESS_LITERAL, literal.toString(), Security.SECURE,
            List.of(new MxHost.Literal(literal.address(), 0)), List.of());
    }

    /**
     * The route to a domain.
     *
     * @param mx the domain's MX records, all aliases followed
     * @param random the source of the order among equal preferences
     */
    public static Routing from(NextHop.Domain nextHop, Resolution<MxRecord> mx, Policy policy, RoutingRules rules,
            RandomGenerator random) {
        if (mx.terminal() instanceof Lookup.Failed<MxRecord> failed) {
            // RFC 7672 §2.1.2: a failure to find out which servers to connect to delays delivery.
            return new Routing.Deferred(HostFailure.lookup(FailureKind.MX_LOOKUP, nextHop.toString(), "the MX records of " + mx.name(),
                failed, RfcSection.LOOKUP_FAILURE));
        }
        if (policy.dane() == Policy.Dane.MANDATORY && !mx.isSecure()) {
            // RFC 7672 §2.2.1: with mandatory DANE an insecure MX RRset, or an insecure alias leading to it, delays delivery. An
            // insecure denial may be forged as easily, so that it must not bounce the mail either.
            return new Routing.Deferred(HostFailure.of(FailureKind.DANE_REQUIRED, nextHop.toString(),
                "the policy demands DANE, but the MX records of " + mx.name() + " are not signed", RfcSection.MX_RESOLUTION));
        }
        Routing routing = new MxRouting(nextHop, rules, random).answered(mx);
        return policy.demandsAuthentication() && !mx.isSecure() && !namesHosts(routing) ? unproven(nextHop) : routing;
    }

    private static boolean namesHosts(Routing routing) {
        return routing instanceof Routing.Route route && route.usesMx();
    }

    /** Unsigned answers may be forged: neither that there are no MX records, nor that they lead back to this server, is believed. */
    private static Routing.Deferred unproven(NextHop nextHop) {
        return new Routing.Deferred(HostFailure.of(FailureKind.AUTHENTICATION_REQUIRED, nextHop.toString(),
            "the policy demands an authenticated host, but the answer that it has no MX host to send to is not signed",
            RfcSection.MX_RESOLUTION));
    }

    /** The rest of a route in front of a host that turned out to be this server. */
    public static Routing before(HostAddresses.Ourselves ourselves, Routing.Route route, Policy policy) {
        Routing rest = route.cutAt(ourselves.host());
        boolean proved = route.security() == Security.SECURE && ourselves.security() == Security.SECURE;
        return policy.demandsAuthentication() && !proved && !(rest instanceof Routing.Route)
            ? unproven(route.nextHop()) : rest;
    }

    private Routing answered(Resolution<MxRecord> mx) {
        if (mx.terminal() instanceof Lookup.NxDomain) {
            // RFC 5321 §5.1: a non-existent domain is reported as an error.
            return new Routing.NoSuchDomain(mx.expandedName(), mx.isAlias()
                ? "The domain " + mx.name() + " is an alias of " + mx.expandedName() + ", which does not exist"
                : "The domain " + mx.name() + " does not exist");
        }
        Security security = mx.security().orElse(Security.INSECURE);
        if (mx.terminal() instanceof Lookup.Found<MxRecord> found) {
            return explicit(mx.expandedName(), found.records(), security);
        }
        // RFC 5321 §5.1: an empty list of MX records makes the domain its own host. Its aliases are expanded by the lookup of its
        // addresses (RFC 7672 §2.2.2), so that the name stays unexpanded here.
        return rules.ownNames().contains(nextHop.name()) ? loop(nextHop, nextHop.toString())
            : new Routing.Route(nextHop, Routing.Kind.IMPLICIT_MX, mx.expandedName().toString(), security,
                List.of(new MxHost.Named(nextHop.name(), 0)), notes);
    }

    private Routing explicit(DomainName expanded, List<MxRecord> records, Security security) {
        List<MxRecord> named = records.stream().filter(mx -> !mx.exchange().isRoot()).toList();
        if (named.isEmpty()) {
            // RFC 7505 §3: the root as exchange says that there is no mail exchanger.
            return new Routing.NullMx(expanded, "The domain " + nextHop + " takes no mail (null MX)");
        }
        if (named.size() < records.size()) {
            // RFC 7505 §3: a null MX must be alone; beside others it names no host and is passed over.
            notes.add("a null MX beside other MX records is passed over");
        }
        List<MxRecord> notOurs = beforeOurselves(named);
        if (notOurs.isEmpty()) {
            return loop(nextHop, "the best MX host of " + expanded);
        }
        return new Routing.Route(nextHop, Routing.Kind.EXPLICIT_MX, expanded.toString(), security, bounded(ordered(notOurs)), notes);
    }

    /** RFC 5321 §5.1: our own name in the list ends it at that preference, or mail would go in circles. */
    private List<MxRecord> beforeOurselves(List<MxRecord> records) {
        Optional<MxRecord> ourselves = records.stream().filter(this::isOurselves).min(Comparator.comparingInt(MxRecord::preference));
        if (ourselves.isEmpty()) {
            return records;
        }
        notes.add(ourselves.get().exchange() + " is this server: only hosts preferred to it are tried");
        return records.stream().filter(mx -> mx.preference() < ourselves.get().preference()).toList();
    }

    /** Our own addresses are found when the hosts' addresses are, those in the records included ({@link HostAddresses.Ourselves}). */
    private boolean isOurselves(MxRecord mx) {
        return rules.ownNames().contains(mx.exchange());
    }

    /**
     * RFC 7672 §2.2.1: sorted by preference, whatever is known of the hosts' security. RFC 5321 §5.1: equal preferences in random
     * order.
     */
    private List<MxHost> ordered(List<MxRecord> records) {
        Map<Integer, List<MxRecord>> byPreference = new TreeMap<>();
        records.forEach(mx -> byPreference.computeIfAbsent(mx.preference(), level -> new ArrayList<>()).add(mx));
        List<MxHost> hosts = new ArrayList<>();
        Set<DomainName> seen = new HashSet<>();
        for (List<MxRecord> level : byPreference.values()) {
            shuffle(level);
            level.stream().filter(mx -> seen.add(mx.exchange())).map(MxRouting::host).forEach(hosts::add);
        }
        return hosts;
    }

    private void shuffle(List<MxRecord> level) {
        for (int i = level.size() - 1; i > 0; i--) {
            Collections.swap(level, i, random.nextInt(i + 1));
        }
    }

    private List<MxHost> bounded(List<MxHost> hosts) {
        if (hosts.size() <= rules.maxHosts()) {
            return hosts;
        }
        notes.add("only the first " + rules.maxHosts() + " of " + hosts.size() + " hosts are tried");
        return hosts.subList(0, rules.maxHosts());
    }

    private static MxHost host(MxRecord mx) {
        return literal(mx.exchange()).<MxHost>map(address -> new MxHost.Literal(address.address(), mx.preference()))
            .orElseGet(() -> new MxHost.Named(mx.exchange(), mx.preference()));
    }

    /** RFC 7672 §2.2: an MX record that lists an address in lieu of a name; DANE does not apply to it. */
    private static Optional<NextHop.Address> literal(DomainName exchange) {
        return IpAddresses.parse(exchange.toString()).map(address -> new NextHop.Address(address, NextHop.SMTP_PORT, false));
    }

    static Routing.Loop loop(NextHop nextHop, String host) {
        return new Routing.Loop(nextHop.toString(), "Mail for " + nextHop + " loops back: " + host + " is this server");
    }
}
