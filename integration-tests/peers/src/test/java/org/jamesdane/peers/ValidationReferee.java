/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.validating.TrustAnchors;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.testing.peers.Asking;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** The security of an answer by our validator and by Unbound's, in the same words. */
final class ValidationReferee implements AutoCloseable {
    private static final int DNS_PORT = 53;
    private static final Map<String, RecordType<? extends DnsRecord>> TYPES = Map.of("MX", RecordType.MX, "A", RecordType.A,
        "AAAA", RecordType.AAAA, "TLSA", RecordType.TLSA, "CNAME", RecordType.CNAME);

    private final String validating;
    private final ValidatingDns ours;

    /**
     * Starts our validator.
     *
     * @param validating the Unbound whose word counts
     * @param upstream the Unbound that our validator asks
     */
    ValidationReferee(String validating, String upstream, List<String> trustAnchors, Clock clock) {
        this.validating = validating;
        this.ours = ValidatingDns.create(ValidatorConfig.builder().upstreams(List.of(new InetSocketAddress(upstream, DNS_PORT)))
            .trustAnchors(TrustAnchors.parse(trustAnchors)).build(), clock, new SecureRandom());
    }

    /** Questions to which a zone has answers, and questions to which it has none. */
    static List<Question> questions(Zone zone) {
        List<Question> questions = new ArrayList<>(zone.questions());
        questions.add(new Question("missing." + zone.name(), "A"));
        questions.add(new Question("_25._tcp.mx." + zone.name(), "TLSA"));
        questions.add(new Question("ns." + zone.name(), "TLSA"));
        questions.add(new Question(zone.name(), "AAAA"));
        return questions.stream().distinct().toList();
    }

    /** Unbound's answer: bogus, or secure or insecure and whether there is something. */
    String theirs(Question question) {
        Message answer = Asking.ask(validating, name(question.name()), Type.value(question.type()));
        return switch (answer.getRcode()) {
            case Rcode.SERVFAIL -> "failed";
            case Rcode.NOERROR, Rcode.NXDOMAIN -> answer.getHeader().getFlag(Flags.AD) ? "secure" : "insecure";
            default -> Rcode.string(answer.getRcode());
        };
    }

    /** Answer of our validator. An alias is not followed by us but by Unbound, whose word is on the whole chain: so is the one returned. */
    String ours(Question question, long patience, TimeUnit unit) throws ExecutionException, InterruptedException, TimeoutException {
        DomainName name = DomainName.of(question.name());
        RecordType<? extends DnsRecord> type = java.util.Objects.requireNonNull(TYPES.get(question.type()), question.toString());
        boolean secure = true;
        while (true) {
            Lookup<? extends DnsRecord> lookup = ours.lookup(name, type).toCompletableFuture().get(patience, unit);
            if (lookup instanceof Lookup.Failed) {
                return "failed";
            }
            secure &= lookup.security().orElseThrow() == org.jamesdane.dns.Security.SECURE;
            if (!(lookup instanceof Lookup.Alias<?> alias)) {
                return secure ? "secure" : "insecure";
            }
            name = alias.target();
        }
    }

    private static Name name(String text) {
        try {
            return Name.fromString(text + ".");
        } catch (TextParseException e) {
            throw new IllegalArgumentException(text + " is no domain name", e);
        }
    }

    @Override
    public void close() {
        ours.close();
    }
}
