/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.TlsaRecord;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * The heap that cached domains take: what a validator keeps of some, copied under other names until there are as many as wanted, with
 * everything new that is not shared among the real ones.
 */
final class CacheMemory {
    private static final long UNBOUNDED = Long.MAX_VALUE / 2;

    private final CannedDns canned;
    private final List<String> anchors;
    private final int domains;

    CacheMemory(CannedDns canned, List<String> anchors, int domains) {
        this.canned = canned;
        this.anchors = anchors;
        this.domains = domains;
    }

    /** Heap that so many domains take, in a sentence. */
    String measure(int wanted) {
        Clock clock = Clock.systemUTC();
        ZoneCache real = new ZoneCache(UNBOUNDED, clock);
        ZoneCache zones = new ZoneCache(UNBOUNDED, clock);
        AnswerCache answers = new AnswerCache(UNBOUNDED, clock);
        List<List<Answer>> samples = samples(real, clock);
        long before = usedHeap();
        long counted = 0;
        for (int copy = 0; copy < wanted; copy++) {
            int sample = copy % samples.size();
            counted += new Copy("d" + sample + ".bench", "c" + copy + ".bench").into(zones, real, answers, samples.get(sample));
        }
        double used = usedHeap() - before;
        long kept = answers.size();
        return String.format(Locale.ROOT, "%,d cached domains (%,d answers, %,d zones): %.0f MB of heap after collection, "
            + "%.0f octets a domain; counted as %.0f MB", wanted, kept, zones.size(), used / 1e6, used / wanted, counted / 1e6);
    }

    /** The four answers of each domain. */
    private List<List<Answer>> samples(ZoneCache cache, Clock clock) {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (DnsTransport transport = new DnsTransport(threads)) {
            transport.start();
            Upstream upstream = new Upstream(canned.address());
            Resolver resolvers = new UpstreamPool(List.of(upstream), transport, new SecureRandom()).only(upstream);
            ValidationParts engine = new ValidationParts(clock, Duration.ZERO, SignatureComputation.ofJdk());
            TrustAnchors trusted = TrustAnchors.parse(anchors);
            Validator validation = engine.validation(resolvers, engine.walk(resolvers, cache, () -> trusted),
                new InsecureOverrides(Set.of(), new NegativeTrustAnchors(clock), clock), () -> trusted, 1);
            List<List<Answer>> samples = new ArrayList<>();
            for (int i = 0; i < Math.min(200, domains); i++) {
                String apex = "d" + i + ".bench.";
                List<Answer> four = new ArrayList<>();
                for (Question question : questions(apex)) {
                    four.add(validation.answer(question, Budget.of(Duration.ofMinutes(1))).join());
                }
                samples.add(four);
            }
            return samples;
        } finally {
            threads.shutdown();
        }
    }

    private static List<Question> questions(String apex) {
        return List.of(new Question(Name.fromConstantString(apex), Type.MX), new Question(Name.fromConstantString("mx." + apex), Type.A),
            new Question(Name.fromConstantString("mx." + apex), Type.AAAA),
            new Question(Name.fromConstantString("_25._tcp.mx." + apex), Type.TLSA));
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A domain's replies under another name. */
    private static final class Copy {
        private final String from;
        private final String to;
        private final IdentityHashMap<Proof.Link, Proof.Link> links = new IdentityHashMap<>();

        Copy(String from, String to) {
            this.from = from;
            this.to = to;
        }

        /** Returns what the caches count. */
        long into(ZoneCache zones, ZoneCache real, AnswerCache answers, List<Answer> samples) {
            ZoneStatus.SecureZone zone = (ZoneStatus.SecureZone) real.get(Name.fromConstantString(from + ".")).orElseThrow();
            List<ZoneKey> keys = zone.keys().stream().map(ZoneKey::record)
                .map(key -> ZoneKey.of(new DNSKEYRecord(Name.fromConstantString(to + "."), key.getDClass(), key.getTTL(), key.getFlags(),
                    key.getProtocol(), key.getAlgorithm(), key.getKey().clone())).orElseThrow()).toList();
            ZoneStatus made = new ZoneStatus.SecureZone(Name.fromConstantString(to + "."), keys, chain(zone.chain()), zone.expiry(),
                zone.madeAt());
            zones.put(Name.fromConstantString(to + "."), made, zones.epoch());
            long counted = HeapWeigher.of(made);
            List<Question> questions = questions(to + ".");
            for (int i = 0; i < samples.size(); i++) {
                Answer sample = samples.get(i);
                AnswerCache.Entry entry = new AnswerCache.Entry.Answered(Answer.found(sample.records().stream().map(this::record).toList(),
                    new Proof.Secure(Proof.Source.VALIDATED, chain(sample.proof().chain())), sample.expiry()));
                answers.put(questions.get(i), entry, answers.epoch());
                counted += HeapWeigher.of(entry);
            }
            return counted;
        }

        private List<Proof.Link> chain(List<Proof.Link> chain) {
            return chain.stream().map(link -> link.owner().labels().size() < 2 ? link : links.computeIfAbsent(link, this::link)).toList();
        }

        private Proof.Link link(Proof.Link link) {
            return new Proof.Link(name(link.zone()), name(link.owner()), link.type(), link.keyTag(), link.algorithm(),
                copy(link.inception()), copy(link.expiration()));
        }

        /** Each link has times of its own, in whatever form. */
        private static Instant copy(Instant time) {
            return Instant.ofEpochSecond(time.getEpochSecond());
        }

        private DomainName name(DomainName name) {
            return DomainName.of(name.toString().replace(from, to));
        }

        private DnsRecord record(DnsRecord record) {
            if (record instanceof MxRecord mx) {
                return new MxRecord(mx.preference(), name(mx.exchange()));
            } else if (record instanceof TlsaRecord tlsa) {
                return new TlsaRecord(tlsa.usage(), tlsa.selector(), tlsa.matchingType(), tlsa.associationData());
            }
            try {
                return new AddressRecord(InetAddress.getByAddress(((AddressRecord) record).address().getAddress()));
            } catch (UnknownHostException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
