/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.trace.TraceRecorder;
import org.jamesdane.delivery.attempt.HostConnector;
import org.jamesdane.delivery.attempt.HostFailureMapping;
import org.jamesdane.delivery.attempt.SiteVisit;
import org.jamesdane.delivery.discovery.BlockingResolver;
import org.jamesdane.delivery.discovery.HostDiscovery;
import org.jamesdane.delivery.discovery.MxWalk;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.smtp.SmtpException;

/** Finds out what would become of mail to a destination, without sending any. Safe for any number of threads. */
public final class Diagnosis {
    /** No further host is asked about after this time; its own lookups may take two minutes more. */
    private static final Duration MAX_TIME = Duration.ofMinutes(1);

    /** Addresses probed; large providers have about ten hosts with two each. */
    private static final int MAX_ADDRESSES = 40;
    /** Time for the first fetch of an MTA-STS policy; a mail waits as long, if nothing else is set. */
    private static final Duration MAX_FETCH = Duration.ofSeconds(15);
    /** No further address is probed after this time, which is far more than hosts that answer need. */
    private static final Duration MAX_PROBE = Duration.ofMinutes(5);
    /** RFC 7672 §2.1.2: what could not be looked up delays a mail. */
    private static final RfcSection LOOKUP_FAILURE = new RfcSection("RFC 7672 §2.1.2");

    private final SecureDns dns;
    private final SmtpConnector connector;
    private final DeliverySettings settings;
    private final Optional<Policy> demand;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * Takes what a delivery works with.
     *
     * @param demand a policy that all mail demands beside that of its destination
     * @param random decides the order of equals
     */
    public Diagnosis(SecureDns dns, SmtpConnector connector, DeliverySettings settings, Optional<Policy> demand, InstantSource clock,
            RandomGenerator random) {
        this.dns = dns;
        this.connector = connector;
        this.settings = settings;
        this.demand = demand;
        this.clock = clock;
        this.random = random;
    }

    /** Destination of mail to a domain: its own hosts, or the first gateway if there are gateways. */
    public NextHop destination(String recipientDomain) {
        return settings.gateways().isEmpty() ? NextHop.ofRecipientDomain(recipientDomain, settings.port()) : settings.gateways().get(0);
    }

    /** Asks the DNS; connects to nobody else. */
    public Explanation explain(NextHop nextHop) {
        return explain(nextHop, Optional.empty());
    }

    /**
     * Explains as {@link #explain(NextHop)} does, for one of the hosts alone.
     *
     * @throws IllegalArgumentException if the host is none of the destination's
     */
    public Explanation explain(NextHop nextHop, Optional<DomainName> onlyHost) {
        Instant started = clock.instant();
        TraceRecorder trace = new TraceRecorder(nextHop);
        HostDiscovery lookup = new HostDiscovery(new BlockingResolver(dns), settings, random, nextHop, trace, clock);
        PolicySelection byDomain = settings.policies().select(nextHop, started);
        PolicySelection selection = demand.map(each -> byDomain.demanding(each, "the mailet's policy")).orElse(byDomain);
        trace.policy(selection);
        Routing all = lookup.route(selection.policy());
        Routing routing = onlyHost.isPresent() && all instanceof Routing.Route route ? only(onlyHost.get(), route) : all;
        trace.routing(routing);
        List<HostFinding> hosts = new ArrayList<>();
        lookup.sts().search().await(MAX_FETCH);
        Routing used = routing instanceof Routing.Route route ? walk(lookup, route, selection.policy(), started, trace, hosts) : routing;
        StsEvidence sts = new StsEvidence(lookup.sts().demand(selection.policy()), lookup.sts().discovery(),
            lookup.sts().certificateEnds());
        Forecast prospect = Forecast.of(nextHop, selection.policy(), used, hosts, sts);
        return new Explanation(nextHop, started, selection, used, hosts,
            new Explanation.Evidence(lookup.asked(), trace.trace(), sts, site(all)), prospect);
    }

    private Optional<String> site(Routing routing) {
        if (!settings.gateways().isEmpty()) {
            return Optional.of(SiteVisit.siteName(settings.gateways()));
        }
        return routing instanceof Routing.Route route ? Optional.of(SiteVisit.siteName(route)) : Optional.empty();
    }

    private static Routing only(DomainName wanted, Routing.Route route) {
        List<MxHost> some = route.hosts().stream().filter(host -> host.toString().equals(wanted.toString())).toList();
        if (some.isEmpty()) {
            throw new IllegalArgumentException(wanted + " is none of the hosts of " + route.nextHop() + ", which are "
                + String.join(", ", route.hosts().stream().map(MxHost::toString).toList()));
        }
        return new Routing.Route(route.nextHop(), route.kind(), route.expanded(), route.security(), some, route.notes());
    }

    /** Connects to the addresses of a host and keeps the certificates they show. */
    public HostChains chains(DomainName name) {
        NextHop.Host nextHop = new NextHop.Host(name, settings.port());
        HostDiscovery lookup = new HostDiscovery(new BlockingResolver(dns), settings, random, nextHop, new TraceRecorder(nextHop),
            clock);
        List<List<PeerCertificate>> chains = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        HostAddresses addresses = lookup.addresses(new MxHost.Named(name, 0));
        if (addresses instanceof HostAddresses.NotFound none) {
            failures.add(none.failure().sentence());
        } else if (addresses instanceof HostAddresses.Found found) {
            for (InetAddress address : found.addresses()) {
                AddressProbe probe = probe(new Target(new TlsRequirement.Encrypt(found.host(), Optional.of(name)),
                    new InetSocketAddress(address, settings.port())));
                probe.failure().ifPresent(failure -> failures.add(probe.shown() + ": " + failure.text()));
                if (!probe.chain().isEmpty()) {
                    chains.add(probe.chain());
                }
            }
        }
        return new HostChains(chains, failures);
    }

    /** Asks about host after host; the result is the route as far as it is used. */
    private Routing walk(HostDiscovery lookup, Routing.Route route, Policy policy, Instant started, TraceRecorder trace,
            List<HostFinding> hosts) {
        return MxWalk.walk(route, policy, false, host -> {
            HostAddresses addresses = clock.instant().isAfter(started.plus(MAX_TIME)) ? tooLate(host) : lookup.addresses(host);
            if (addresses instanceof HostAddresses.Ourselves) {
                trace.addresses(addresses);
            }
            return Optional.of(addresses);
        }, addresses -> hosts.add(judge(lookup, route, policy, addresses, trace)));
    }

    private static HostFinding judge(HostDiscovery lookup, Routing.Route route, Policy policy, HostAddresses addresses,
        TraceRecorder trace) {
        trace.addresses(addresses);
        if (addresses instanceof HostAddresses.Found found) {
            HostDiscovery.Judged judged = lookup.judge(policy, route, found);
            return new HostFinding(found.host(), found, Optional.of(judged.discovery()), Optional.of(judged.decision()));
        }
        return new HostFinding(addresses.host(), addresses, Optional.empty(), Optional.empty());
    }

    /**
     * Connects to every address of every host in use, as a delivery would, and says QUIT. It ends early if the hosts take too long.
     *
     * @param progress hears of the state after each address
     * @throws InterruptedException if the thread was interrupted, which is looked at between two addresses
     */
    public ProbeReport probe(Explanation explanation, Consumer<ProbeReport> progress) throws InterruptedException {
        Instant end = clock.instant().plus(MAX_PROBE);
        return probe(explanation, progress, () -> clock.instant().isAfter(end));
    }

    ProbeReport probe(Explanation explanation, Consumer<ProbeReport> progress, BooleanSupplier over) throws InterruptedException {
        List<Target> targets = targets(explanation);
        List<AddressProbe> probes = new ArrayList<>();
        ProbeReport report = ProbeReport.of(explanation, targets.size(), probes, clock.instant());
        progress.accept(report);
        for (Target target : targets) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the probe of " + explanation.nextHop() + " was cancelled");
            }
            if (over.getAsBoolean()) {
                break;
            }
            AddressProbe probe = probe(target);
            if (probe.failure().isPresent() && over.getAsBoolean()) {
                // What was cut off says nothing of the host.
                break;
            }
            probes.add(probe);
            report = ProbeReport.of(explanation, targets.size(), probes, clock.instant());
            progress.accept(report);
        }
        return report;
    }

    private record Target(TlsRequirement requirement, InetSocketAddress address) {
    }

    /** Addresses to probe: only those that the DNS names for the destination, and only at the port of deliveries. */
    private List<Target> targets(Explanation explanation) {
        List<Target> targets = new ArrayList<>();
        for (HostFinding host : explanation.hosts()) {
            if (host.addresses() instanceof HostAddresses.Found found) {
                host.usable().ifPresent(requirement -> found.addresses().stream().filter(settings.bind()::allows).forEach(address ->
                    targets.add(new Target(requirement, new InetSocketAddress(address, explanation.nextHop().port())))));
            }
        }
        return targets.subList(0, Math.min(targets.size(), MAX_ADDRESSES));
    }

    private AddressProbe probe(Target target) {
        Instant started = clock.instant();
        TlsRequirement requirement = target.requirement();
        Optional<Channel.Tls> tls = Optional.empty();
        Optional<ChannelCheck> check = Optional.empty();
        Optional<HostFailure> failure = Optional.empty();
        try (SmtpConnection connection = new HostConnector(connector, settings, requirement, target.address()).connect()) {
            tls = connection.channel().tls();
            ChannelCheck answer = ChannelCheck.of(requirement, connection.channel(), clock.instant());
            check = Optional.of(answer);
            failure = answer instanceof ChannelCheck.Refused refused ? Optional.of(refused.failure()) : Optional.empty();
        } catch (SmtpException e) {
            failure = Optional.of(HostFailureMapping.of(requirement.host().toString(), e.failure()));
        }
        return new AddressProbe(requirement, target.address(), Duration.between(started, clock.instant()), tls, check, failure);
    }

    private static HostAddresses tooLate(MxHost host) {
        return new HostAddresses.NotFound(host, HostFailure.of(FailureKind.ADDRESS_LOOKUP, host.toString(),
            "it was not asked about, because the lookups before it took too long", LOOKUP_FAILURE));
    }
}
