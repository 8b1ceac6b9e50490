/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;

/**
 * The DNS as a list of lines:
 * <pre>
 * unsigned example.org                  names at or below it are insecure; so are their denials
 * signed www.example.org                except at or below this one
 * example.com MX 10 mx.example.com      a record
 * fail mx.example.com A SERVFAIL        a lookup that fails
 * opaque alias.example.com              an alias whose security a trusted resolver does not tell by itself
 * </pre>
 * A name that has records, or has some below it, exists; any other does not.
 */
public final class DnsWorld {
    private static final Duration TTL = Duration.ofHours(1);

    private final List<List<String>> lines = new ArrayList<>();
    private final CertificateZoo zoo;
    private final List<String> asked = new ArrayList<>();

    public DnsWorld(List<String> lines, CertificateZoo zoo) {
        lines.forEach(line -> this.lines.add(List.of(line.strip().split("\\s+", -1))));
        this.zoo = zoo;
    }

    /** The TLSA and CNAME questions asked so far. */
    List<String> asked() {
        return asked;
    }

    public <R extends DnsRecord> Resolution<R> resolve(DomainName name, RecordType<R> type) {
        return Resolution.by(name, each -> lookup(each, type));
    }

    public <R extends DnsRecord> Lookup<R> lookup(DomainName name, RecordType<R> type) {
        if (type.data() == org.jamesdane.dns.TlsaRecord.class || type.data() == CnameRecord.class) {
            asked.add(name.toString());
        }
        for (List<String> line : lines) {
            if (line.get(0).equals("fail") && DomainName.of(line.get(1)).equals(name) && line.get(2).equals(type.toString())) {
                return new Lookup.Failed<>(name, Lookup.Reason.valueOf(line.get(3)), Optional.empty(), "as the case wants it",
                    line.size() > 4 ? OptionalInt.of(Integer.parseInt(line.get(4))) : OptionalInt.empty());
            }
        }
        List<R> records = new ArrayList<>();
        boolean exists = false;
        for (List<String> line : lines) {
            if (line.size() < 3 || line.get(0).equals("fail")) {
                continue;
            }
            DomainName owner = DomainName.of(line.get(0));
            exists |= owner.isAtOrBelow(name);
            if (owner.equals(name) && line.get(1).equals("CNAME") && type.data() != CnameRecord.class) {
                return new Lookup.Alias<>(name, DomainName.of(line.get(2)), aliasProof(name), TTL);
            }
            if (owner.equals(name) && line.get(1).equals(type.toString())) {
                records.add(type.data().cast(record(line)));
            }
        }
        if (!records.isEmpty()) {
            return new Lookup.Found<>(name, records, proof(name), TTL);
        }
        return exists ? new Lookup.NoData<>(name, proof(name), TTL) : new Lookup.NxDomain<>(name, proof(name), TTL);
    }

    private DnsRecord record(List<String> line) {
        return switch (line.get(1)) {
            case "MX" -> new MxRecord(Integer.parseInt(line.get(2)), DomainName.of(line.get(3)));
            case "CNAME" -> new CnameRecord(DomainName.of(line.get(2)));
            case "TLSA" -> zoo.record(String.join(" ", line.subList(2, line.size())));
            default -> new AddressRecord(IpAddresses.parse(line.get(2)).orElseThrow());
        };
    }

    private Proof aliasProof(DomainName name) {
        boolean opaque = lines.stream().anyMatch(line -> line.get(0).equals("opaque") && DomainName.of(line.get(1)).equals(name));
        return opaque ? new Proof.Insecure(Proof.Cause.TRUST_AD, name, List.of()) : proof(name);
    }

    private Proof proof(DomainName name) {
        Optional<List<String>> closest = lines.stream()
            .filter(line -> line.get(0).equals("signed") || line.get(0).equals("unsigned"))
            .filter(line -> name.isAtOrBelow(DomainName.of(line.get(1))))
            .reduce((one, other) -> labels(one) > labels(other) ? one : other);
        if (closest.filter(line -> line.get(0).equals("unsigned")).isPresent()) {
            return new Proof.Insecure(Proof.Cause.UNSIGNED_DELEGATION, DomainName.of(closest.get().get(1)), List.of());
        }
        return new Proof.Secure(Proof.Source.VALIDATED, List.of(new Proof.Link(DomainName.ROOT, name, "RRSIG", 20326, 8,
            Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2026-12-01T00:00:00Z"))));
    }

    private static int labels(List<String> line) {
        return DomainName.of(line.get(1)).labels().size();
    }
}
