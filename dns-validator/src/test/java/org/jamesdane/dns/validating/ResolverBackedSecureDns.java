/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.dns.TlsaRecord;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** {@link SecureDns} on the DNS library's own validating resolver, without a chain to show. */
final class ResolverBackedSecureDns implements SecureDns, AutoCloseable {
    private final ValidatingResolver resolver;
    private volatile boolean closed;

    ResolverBackedSecureDns(ValidatorConfig config, Clock clock) {
        SimpleResolver upstream = new SimpleResolver(config.upstreams().get(0));
        upstream.setTimeout(config.timeout());
        resolver = new ValidatingResolver(upstream, clock);
        resolver.setTimeout(config.timeout());
        try {
            resolver.loadTrustAnchors(new ByteArrayInputStream((config.trustAnchors() + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new IllegalStateException("The trust anchors cannot be loaded", e);
        }
    }

    @Override
    public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
        Message query = Message.newQuery(Record.newRecord(Names.toWire(name), type.code(), DClass.IN));
        return resolver.sendAsync(query).handle((reply, failure) -> {
            if (closed) {
                return failed(name, Lookup.Reason.NOT_READY, "the validator is closed");
            }
            return failure != null ? failed(name, Lookup.Reason.TIMEOUT, String.valueOf(failure.getMessage())) : judge(name, type, reply);
        });
    }

    private static <R extends DnsRecord> Lookup<R> judge(DomainName name, RecordType<R> type, Message reply) {
        int rcode = reply.getRcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
            return failed(name, rcode == Rcode.SERVFAIL ? Lookup.Reason.BOGUS : Lookup.Reason.REFUSED,
                "the resolver answered " + Rcode.string(rcode));
        }
        Proof proof = reply.getHeader().getFlag(Flags.AD)
            ? new Proof.Secure(Proof.Source.VALIDATED, List.of())
            : new Proof.Insecure(Proof.Cause.UNSIGNED_DELEGATION, name, List.of());
        Name owner = Names.toWire(name);
        List<R> records = new ArrayList<>();
        Optional<DomainName> target = Optional.empty();
        Duration ttl = Duration.ZERO;
        for (Record answer : reply.getSection(Section.ANSWER)) {
            if (answer.getName().equals(owner) && answer.getType() == type.code()) {
                records.add(type.data().cast(convert(answer)));
                ttl = Duration.ofSeconds(answer.getTTL());
            } else if (answer.getName().equals(owner) && answer.getType() == Type.CNAME) {
                target = Optional.of(Names.fromWire(((CNAMERecord) answer).getTarget()));
                ttl = Duration.ofSeconds(answer.getTTL());
            }
        }
        if (!records.isEmpty()) {
            return new Lookup.Found<>(name, records, proof, ttl);
        }
        if (target.isPresent()) {
            return new Lookup.Alias<>(name, target.get(), proof, ttl);
        }
        return rcode == Rcode.NXDOMAIN ? new Lookup.NxDomain<>(name, proof, ttl) : new Lookup.NoData<>(name, proof, ttl);
    }

    private static DnsRecord convert(Record answer) {
        if (answer instanceof ARecord a) {
            return new AddressRecord(a.getAddress());
        } else if (answer instanceof AAAARecord aaaa) {
            return new AddressRecord(aaaa.getAddress());
        } else if (answer instanceof MXRecord mx) {
            return new MxRecord(mx.getPriority(), Names.fromWire(mx.getTarget()));
        } else if (answer instanceof TLSARecord tlsa) {
            return new TlsaRecord(tlsa.getCertificateUsage(), tlsa.getSelector(), tlsa.getMatchingType(),
                tlsa.getCertificateAssociationData());
        } else if (answer instanceof CNAMERecord cname) {
            return new CnameRecord(Names.fromWire(cname.getTarget()));
        }
        throw new IllegalStateException("A record of type " + Type.string(answer.getType()) + " was not asked for");
    }

    private static <R extends DnsRecord> Lookup<R> failed(DomainName name, Lookup.Reason reason, String text) {
        return new Lookup.Failed<>(name, reason, Optional.empty(), text, OptionalInt.empty());
    }

    @Override
    public void close() {
        closed = true;
    }
}
