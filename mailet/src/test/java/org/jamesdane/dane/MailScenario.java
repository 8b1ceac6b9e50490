/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.outcome.OutcomeRules;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.MxRouting;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.dane.trace.DecisionTrace;
import org.jamesdane.dane.trace.TraceRecorder;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsRules;

/**
 * A mail to one recipient, decided on as a delivery does it, with lookups and servers that do as the case says. What happened is kept as
 * phrases that cases can be compared with.
 */
public final class MailScenario {
    private static final RecipientKey RECIPIENT = new RecipientKey("user");

    private final CertificateZoo zoo;
    private final DnsWorld dns;
    private final Map<String, String> servers = new HashMap<>();
    private final Map<String, String> replies = new HashMap<>();
    private final Set<DomainName> ownNames = new HashSet<>();
    private final List<String> phrases = new ArrayList<>();
    private final TraceRecorder trace;
    private NextHop nextHop = NextHop.ofRecipientDomain("example.com", 25);
    private Policy policy = Policy.DANE;
    private TlsaSearch.InsecureMx insecureMx = TlsaSearch.InsecureMx.DANE;
    private boolean verifyIdentity;
    private String ownAddresses = "";
    private Instant now = CertificateZoo.NOW;

    public MailScenario(CertificateZoo zoo, List<String> dnsLines, List<String> lines) {
        this.zoo = zoo;
        this.dns = new DnsWorld(dnsLines, zoo);
        lines.forEach(this::configure);
        this.trace = new TraceRecorder(nextHop);
    }

    private void configure(String line) {
        String[] words = line.strip().split("\\s+", 2);
        String value = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "policy" -> policy = Policy.parse(value);
            case "demand" -> policy = policy.and(Policy.parse(value));
            case "to" -> nextHop = NextHop.ofRecipientDomain(value, 25);
            case "gateway" -> nextHop = gateway(value);
            case "insecure-mx" -> insecureMx = TlsaSearch.InsecureMx.valueOf(value.toUpperCase(java.util.Locale.ROOT));
            case "verify-identity" -> verifyIdentity = true;
            case "own" -> ownNames.add(DomainName.of(value));
            case "own-address" -> ownAddresses = value;
            case "now" -> now = Instant.parse(value);
            case "host" -> server(value);
            default -> throw new IllegalArgumentException("unknown line " + line);
        }
    }

    private static NextHop gateway(String text) {
        String[] words = text.split("\\s+", -1);
        int colon = words[0].lastIndexOf(':');
        int port = Integer.parseInt(words[0].substring(colon + 1));
        String host = words[0].substring(0, colon);
        return IpAddresses.parse(host).<NextHop>map(address -> new NextHop.Address(address, port, true))
            .orElseGet(() -> words.length > 1 ? new NextHop.Domain(DomainName.of(host), port, true)
                : new NextHop.Host(DomainName.of(host), port));
    }

    private void server(String text) {
        String[] words = text.split("\\s+", 2);
        if (words[1].startsWith("replies ")) {
            replies.put(words[0], words[1].substring(8));
        } else {
            servers.put(words[0], words[1]);
        }
    }

    /** Everything that happened. */
    public List<String> run() {
        List<Outcome> outcomes = outcomes();
        for (Outcome outcome : outcomes) {
            trace.outcome(outcome);
            phrases.add("outcome " + shown(outcome));
        }
        if (!dns.asked().isEmpty()) {
            phrases.add("asks " + String.join(" ", dns.asked()));
        } else {
            phrases.add("asks nothing");
        }
        return phrases;
    }

    /** The decisions as data. */
    public DecisionTrace trace() {
        return trace.trace();
    }

    private static String shown(Outcome outcome) {
        if (outcome instanceof Outcome.Delivered delivered) {
            return "delivered " + delivered.label() + " " + delivered.host();
        }
        Outcome.Reason reason = outcome instanceof Outcome.Deferred deferred ? deferred.reason() : ((Outcome.Bounced) outcome).reason();
        return (outcome instanceof Outcome.Deferred ? "deferred " : "bounced ") + reason.code()
            + reason.reportType().map(type -> " " + type).orElse("") + (reason.ownFault() ? " own-fault" : "");
    }

    private RoutingRules rules() {
        return new RoutingRules(ownNames, IpAddresses.parse(ownAddresses).map(Set::of).orElse(Set.of()), List.of(), 20, 10);
    }

    private List<Outcome> outcomes() {
        trace.policy(new PolicySelection(policy, "case"));
        Routing routing = routing();
        while (true) {
            trace.routing(routing);
            if (!(routing instanceof Routing.Route route)) {
                phrases.add("route " + routing.getClass().getSimpleName());
                return OutcomeRules.conclude(List.of(RECIPIENT), (Routing.NoRoute) routing, nextHop.toString());
            }
            phrases.add("route " + route.kind() + " " + route.security() + " "
                + route.hosts().stream().map(MxHost::toString).collect(Collectors.joining(" ")));
            Optional<HostAddresses.Ourselves> ourselves = route.hosts().stream().map(this::addresses)
                .filter(HostAddresses.Ourselves.class::isInstance).map(HostAddresses.Ourselves.class::cast).findFirst();
            if (ourselves.isEmpty()) {
                return attempts(route);
            }
            routing = MxRouting.before(ourselves.get(), route, policy);
        }
    }

    private Routing routing() {
        if (nextHop instanceof NextHop.Domain domain) {
            return MxRouting.from(domain, dns.resolve(domain.name(), RecordType.MX), policy, rules(), new Random(1));
        }
        return nextHop instanceof NextHop.Host host ? MxRouting.direct(host) : MxRouting.direct((NextHop.Address) nextHop);
    }

    private HostAddresses addresses(MxHost host) {
        return host instanceof MxHost.Named named
            ? HostAddresses.of(named, dns.resolve(named.name(), RecordType.A), dns.resolve(named.name(), RecordType.AAAA), rules())
            : HostAddresses.of((MxHost.Literal) host, rules());
    }

    private List<Outcome> attempts(Routing.Route route) {
        List<HostAttempt> attempts = pass(route, policy);
        Optional<AuditRules.Audited> audited = AuditRules.finding(policy, attempts);
        audited.ifPresent(found -> {
            trace.audited(found);
            phrases.add("audit " + found.finding());
        });
        if (audited.filter(found -> found.finding() == AuditRules.Finding.WOULD_HAVE_DEFERRED).isPresent()) {
            return OutcomeRules.conclude(List.of(RECIPIENT), pass(route, policy.withoutDane()), policy.withoutDane());
        }
        return OutcomeRules.conclude(List.of(RECIPIENT), attempts, policy);
    }

    private List<HostAttempt> pass(Routing.Route route, Policy held) {
        List<HostAttempt> attempts = new ArrayList<>();
        for (MxHost host : route.hosts()) {
            if (!OutcomeRules.remaining(List.of(RECIPIENT), attempts).isEmpty()) {
                attempts.add(attempt(route, host, held));
            }
        }
        return attempts;
    }

    private HostAttempt attempt(Routing.Route route, MxHost host, Policy held) {
        HostAddresses addresses = addresses(host);
        trace.addresses(addresses);
        if (!(addresses instanceof HostAddresses.Found found)) {
            HostFailure failure = ((HostAddresses.NotFound) addresses).failure();
            phrases.add(host + " failed " + failure.kind());
            return new HostAttempt.Failed(failure);
        }
        TlsaDiscovery discovery = TlsaSearch.run(TlsaSearch.begin(held, route, found, insecureMx),
            name -> dns.lookup(name, RecordType.CNAME), name -> dns.resolve(name, RecordType.TLSA));
        trace.discovery(host, discovery);
        phrases.add(host + " tlsa " + discovery.getClass().getSimpleName());
        TlsRequirement byDane = verifyIdentity
            ? DanePolicy.requirementForVerified(held, route, host, discovery, Authorities.own(Set.of(zoo.certificate("publicroot"))))
            : DanePolicy.requirementFor(held, route, host, discovery);
        TlsRequirement requirement = new StsRules(new StsDemand(held, StsDemand.Use.OFF), route, Authorities.NONE, now)
            .judge(byDane, new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.OFF)).requirement();
        trace.requirement(requirement);
        phrases.add(host + " requires " + requirement.getClass().getSimpleName());
        phrases.add(host + " sends " + requirement.serverName().map(DomainName::toString).orElse("no server name"));
        if (requirement instanceof TlsRequirement.Dane dane) {
            phrases.add(host + " accepts " + dane.names().stream().map(DomainName::toString).collect(Collectors.joining(" ")));
        }
        return connected(host, requirement);
    }

    private HostAttempt connected(MxHost host, TlsRequirement requirement) {
        if (requirement instanceof TlsRequirement.HostNotUsed refused) {
            phrases.add(host + " not used " + refused.failure().kind());
            return new HostAttempt.Failed(refused.failure());
        }
        String server = servers.getOrDefault(host.toString(), "clear");
        if (server.equals("down")) {
            return new HostAttempt.Failed(HostFailure.unreachable(host.toString(), "connection refused"));
        }
        if (server.startsWith("early ")) {
            return new HostAttempt.Failed(HostFailure.earlyReply(host.toString(), "it said " + server.substring(6)));
        }
        if (server.equals("breaks") && requirement.needsTls()) {
            return new HostAttempt.Failed(HostFailure.handshake(host.toString(), "alert"));
        }
        boolean encrypted = server.startsWith("shows") && !(requirement instanceof TlsRequirement.NoTls);
        Channel channel = encrypted ? Channel.encrypted(new Channel.Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256",
            requirement.serverName().map(DomainName::toString), PeerCertificate.of(zoo.chain(server.substring(5))),
            new Channel.Strength(Optional.of("x25519"), "P-256", true))) : Channel.clear();
        ChannelCheck check = ChannelCheck.of(requirement, channel, now);
        trace.check(host, channel, check);
        if (check instanceof ChannelCheck.Refused refused) {
            phrases.add(host + " refused" + refused.failure().reportType().map(type -> " " + type).orElse(""));
            return new HostAttempt.Failed(refused.failure());
        }
        ChannelCheck.Permitted permitted = (ChannelCheck.Permitted) check;
        phrases.add(host + " is " + permitted.label());
        permitted.match().ifPresent(match -> phrases.add(host + " matched " + match.record().usage() + " " + match.record().selector() + " "
            + match.record().matchingType() + " at depth " + match.depth() + match.name().map(name -> " by " + name).orElse("")));
        return new HostAttempt.Transacted(host, permitted.permit(), Map.of(RECIPIENT, reply(host)));
    }

    private RecipientReply reply(MxHost host) {
        String reply = replies.getOrDefault(host.toString(), "250 accepted");
        if (reply.equals("nothing")) {
            return new RecipientReply.Interrupted(HostFailure.connectionLost(host.toString(), "the connection was lost"));
        }
        int code = Integer.parseInt(reply.substring(0, 3));
        return code < 400 ? new RecipientReply.Accepted(reply) : new RecipientReply.Rejected(code, Optional.empty(), reply.substring(4));
    }
}
