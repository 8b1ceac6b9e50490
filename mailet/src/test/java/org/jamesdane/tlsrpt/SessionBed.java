/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.RequireTls;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Security;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.MxPattern;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsPolicy;
import org.jamesdane.mtasts.StsRules;

/** Sessions from the words of the table, by the decisions and the checks of a delivery. */
final class SessionBed {
    private static final Instant NOW = CertificateZoo.NOW;
    private static final CertificateZoo ZOO = ConformanceCases.certificates();
    private static final Authorities ROOTS = Authorities.own(Set.of(ZOO.certificate("root")));
    private static final DomainName DOMAIN = DomainName.of("example.com");
    private static final DomainName MX = DomainName.of("mx.example.com");

    private SessionBed() {
    }

    private static Routing.Route route(String text) {
        Security security = text.endsWith("/insecure") ? Security.INSECURE : Security.SECURE;
        return new Routing.Route(new NextHop.Domain(DOMAIN, 25, false),
            text.startsWith("mx") ? Routing.Kind.EXPLICIT_MX : Routing.Kind.IMPLICIT_MX, "example.com", security,
            List.of(new MxHost.Named(MX, 10)), List.of());
    }

    private static List<TlsaRecord> records(String tlsa) {
        return switch (tlsa) {
            case "usable" -> List.of(ZOO.record("3 1 1 self"), ZOO.record("3 1 1 leaf"));
            case "anchor" -> List.of(ZOO.record("2 0 1 ca"));
            case "unusable" -> List.of(ZOO.record("0 0 1 ca"));
            default -> List.of();
        };
    }

    /** The records as a report has them: in the order of their text. */
    static String tlsaLines(String tlsa) {
        return records(tlsa).stream().map(record -> "\"" + record.usage() + " " + record.selector() + " " + record.matchingType() + " "
            + HexFormat.of().formatHex(record.associationData()) + "\"").sorted().collect(Collectors.joining(","));
    }

    private static TlsaDiscovery tlsa(String text) {
        String[] words = text.split(" ", -1);
        return switch (words[0]) {
            case "usable", "anchor", "unusable" -> TlsaDiscovery.found(MX, records(text), List.of());
            case "absent" -> new TlsaDiscovery.Absent(List.of());
            case "n/a" -> new TlsaDiscovery.NotApplicable(TlsaDiscovery.Why.INSECURE_ADDRESS);
            default -> new TlsaDiscovery.LookupFailed(MX, new Lookup.Failed<TlsaRecord>(MX,
                Lookup.Reason.valueOf(words[0].toUpperCase(Locale.ROOT)), Optional.empty(), "for the table",
                words.length > 1 ? OptionalInt.of(Integer.parseInt(words[1])) : OptionalInt.empty()), List.of());
        };
    }

    private static List<String> policyText(String sts) {
        String mode = sts.equals("unlisted") ? "enforce" : sts.equals("tested") ? "testing" : sts;
        String host = sts.equals("unlisted") || sts.equals("tested") ? "*.mx.example.com" : "mx.example.com";
        return List.of("version: STSv1", "mode: " + mode, "mx: " + host, "mx: *.example.net", "max_age: 86400", "with: an extension");
    }

    /** The lines of a policy as a report has them. */
    static String stsLines(String sts) {
        return policyText(sts).stream().map(line -> "\"" + line + "\"").collect(Collectors.joining(","));
    }

    /** The patterns of a policy as a report has them. */
    static String stsHosts(String sts) {
        return policyText(sts).stream().filter(line -> line.startsWith("mx: ")).map(line -> "\"" + line.substring(4) + "\"")
            .collect(Collectors.joining(","));
    }

    private static StsDiscovery sts(String text) {
        if (text.equals("-")) {
            return new StsDiscovery.None(StsDiscovery.NoneBecause.NO_RECORD);
        }
        StsPolicy policy = ((StsPolicy.Read) StsPolicy.read(String.join("\r\n", policyText(text)).getBytes(StandardCharsets.UTF_8)))
            .policy();
        return new StsDiscovery.Found(new CachedPolicy("A", policy, NOW, NOW, Optional.empty(), NOW));
    }

    static TlsSession session(List<String> row) {
        StsDemand demand = new StsDemand(Policy.parse(row.get(0)), StsDemand.Use.ENFORCE);
        Routing.Route route = route(row.get(1));
        TlsaDiscovery tlsa = tlsa(row.get(2));
        TlsRequirement byDane = DanePolicy.requirementFor(demand.policy(), route, route.hosts().get(0), tlsa);
        StsRules.Decision decision = new StsRules(demand, route, ROOTS, NOW).judge(byDane, sts(row.get(3)));
        TlsRequirement requirement = row.get(4).equals("requiretls") ? RequireTls.raise(decision.requirement(), route, ROOTS)
            : decision.requirement();
        Set<TlsSession.Exemption> exemptions = Stream.of(TlsSession.Exemption.values())
            .filter(each -> each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(row.get(4))).collect(Collectors.toSet());
        Optional<TlsSession.Sts> sts = decision.policy().map(kept -> new TlsSession.Sts(ReportedPolicy.sts(DOMAIN, kept.policy().lines(),
            kept.policy().mx().stream().map(MxPattern::toString).toList()), tested(decision, row.get(5))));
        return new TlsSession(DOMAIN, exemptions, Optional.of(tlsa), requirement, sts, end(requirement, row.get(5)),
            new FailureDetail.Where(IpAddresses.parse("192.0.2.9"), Optional.of("mx.example.com"), Optional.of("mx.example.com"),
                address("2001:db8::7")));
    }

    private static Optional<InetAddress> address(String text) {
        return IpAddresses.parse(text);
    }

    private static Channel channel(String chain) {
        return Channel.encrypted(new Channel.Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.empty(),
            PeerCertificate.of(ZOO.chain(chain)), new Channel.Strength(Optional.of("x25519"), "P-256", true)));
    }

    private static Optional<HostFailure> tested(StsRules.Decision decision, String host) {
        return decision.testedMismatch().or(() -> decision.tested(ROOTS).filter(requirement -> isCertificates(host))
            .flatMap(requirement -> ChannelCheck.of(requirement, channel(host), NOW) instanceof ChannelCheck.Refused refused
                ? Optional.of(refused.failure()) : Optional.empty()));
    }

    private static boolean isCertificates(String host) {
        return host.matches("(leaf|self|other|wrongname|expired|future|strangeleaf)( \\w+)?");
    }

    private static TlsSession.End end(TlsRequirement requirement, String host) {
        if (requirement instanceof TlsRequirement.HostNotUsed not) {
            return host.equals("unreachable") ? failed(HostFailure.unreachable("mx", "it is gone")) : failed(not.failure());
        }
        if (isCertificates(host)) {
            boolean clear = requirement instanceof TlsRequirement.NoTls;
            ChannelCheck check = ChannelCheck.of(requirement, clear ? Channel.clear() : channel(host), NOW);
            return check instanceof ChannelCheck.Refused refused ? failed(refused.failure())
                : new TlsSession.Opened(!clear, Optional.empty());
        }
        Optional<String> alert = host.startsWith("alert ") ? Optional.of(host.substring(6)) : Optional.empty();
        if (alert.isPresent() || host.equals("breaks the handshake")) {
            return requirement.needsTls() ? new TlsSession.Refused(HostFailure.handshake("mx", host), alert)
                : new TlsSession.Opened(false, Optional.of(new TlsSession.GaveUp(TlsReportType.VALIDATION_FAILURE, alert)));
        }
        return switch (host) {
            case "no STARTTLS" -> requirement.needsTls() ? failed(HostFailure.startTlsMissing("mx"))
                : new TlsSession.Opened(false, Optional.empty());
            case "refuses STARTTLS" -> requirement.needsTls() ? failed(HostFailure.startTlsRefused("mx", "454"))
                : new TlsSession.Opened(false, Optional.of(new TlsSession.GaveUp(TlsReportType.STARTTLS_NOT_SUPPORTED, Optional.empty())));
            case "unreachable" -> failed(HostFailure.unreachable("mx", host));
            case "loses the connection" -> failed(HostFailure.connectionLost("mx", host));
            case "refuses early" -> failed(HostFailure.earlyReply("mx", host));
            case "breaks SMTP" -> failed(HostFailure.protocol("mx", host));
            case "own fault" -> failed(HostFailure.internal("mx", host));
            case "special address" -> failed(of(FailureKind.SPECIAL_ADDRESS));
            case "private address" -> failed(of(FailureKind.PRIVATE_ADDRESS));
            case "no address" -> failed(of(FailureKind.NO_ADDRESS));
            case "address look-up" -> failed(of(FailureKind.ADDRESS_LOOKUP));
            default -> throw new IllegalArgumentException(host);
        };
    }

    private static HostFailure of(FailureKind kind) {
        return HostFailure.of(kind, "mx", "for the table", RfcSection.LOOKUP_FAILURE);
    }

    private static TlsSession.Refused failed(HostFailure failure) {
        return new TlsSession.Refused(failure, Optional.empty());
    }
}
