/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;

/**
 * Resolutions in which an attacker changes replies at random. Whatever they do, nothing signed is ever called insecure, and nothing
 * is called secure but the truth.
 *
 * <p>System properties: {@code mutation.resolutions}, how many over sockets; {@code mutation.in-memory}, how many without them
 * (defaults: 10,000 each; 100,000 each with the Maven profile {@code mutation}; 200,000 and 3,000,000 with {@code long});
 * {@code mutation.seed}, the number that a failure names (default: a new one).
 */
class MutationTest {
    private static final int RESOLUTIONS = Integer.getInteger("mutation.resolutions", 10_000);
    private static final int IN_MEMORY = Integer.getInteger("mutation.in-memory", 10_000);
    private static final long SEED = Long.getLong("mutation.seed", new SecureRandom().nextLong());
    /** Attackers at once; each waits for its own replies most of the time. */
    private static final int OVER_SOCKETS = 8;

    private final MutationWorld world = new MutationWorld();
    private final Map<MutationWorld.Subject, String> truths = new ConcurrentHashMap<>();

    @Test
    void shouldNeverCallASignedNameInsecureOrALieSecure() {
        try (Lab lab = Lab.of(world.world())) {
            Mutator mutator = learnTheTruth(lab);
            run("over sockets", RESOLUTIONS, OVER_SOCKETS, seed -> {
                MutationCampaign attacker = new MutationCampaign(seed, mutator, truths);
                try (LabSite site = new LabSite(attacker)) {
                    return attacker.run(site, world.subjects(), RESOLUTIONS / OVER_SOCKETS);
                }
            });
        }
    }

    @Test
    void shouldNeverDoSoWithoutSocketsEither() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        try (Lab lab = Lab.of(world.world())) {
            Mutator mutator = learnTheTruth(lab);
            Map<Question, byte[]> learnt = new ConcurrentHashMap<>();
            TrustAnchors anchors = TrustAnchors.parse(lab.dns().trustAnchor().lines().toList());
            run("in memory", IN_MEMORY, threads, seed -> {
                MutationCampaign attacker = new MutationCampaign(seed, mutator, truths);
                return attacker.run(new MemorySite(attacker, anchors, question ->
                    learnt.computeIfAbsent(question, asked -> learn(lab.dns(), asked))), world.subjects(), share(IN_MEMORY, threads));
            });
        }
    }

    private static int share(int resolutions, int threads) {
        return (resolutions + threads - 1) / threads;
    }

    private static void run(String how, int resolutions, int attackers, Function<Long, MutationCampaign> campaign) {
        long begin = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(attackers);
        try {
            List<CompletableFuture<MutationCampaign>> campaigns = IntStream.range(0, attackers)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> campaign.apply(SEED + i), threads)).toList();
            Map<MutationCampaign.Outcome, Integer> outcomes = new EnumMap<>(MutationCampaign.Outcome.class);
            campaigns.forEach(each -> each.join().outcomes()
                .forEach((outcome, count) -> outcomes.merge(outcome, count, Integer::sum)));
            System.out.println("Mutated resolutions " + how + " with -Dmutation.seed=" + SEED + ": " + outcomes + " in "
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + " s");

            assertThat(campaigns.stream().flatMap(each -> each.join().violations().stream())).as("seed %d", SEED).isEmpty();
            // Attacks that never get through, or never fail, would be no attacks.
            assertThat(outcomes).containsKeys(MutationCampaign.Outcome.SECURE, MutationCampaign.Outcome.INSECURE,
                MutationCampaign.Outcome.FAILED);
            assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThanOrEqualTo(resolutions);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Asks everything without an attack; returns an attacker who has listened. */
    private Mutator learnTheTruth(Lab lab) {
        for (MutationWorld.Subject subject : world.subjects()) {
            Lookup<?> lookup = lab.lookup(subject.name(), subject.type());
            assertThat(Lab.verdict(lookup)).as("%s without an attack", subject).isEqualTo(subject.clean());
            truths.put(subject, MutationCampaign.data(lookup));
        }
        return world.mutator(lab.dns());
    }

    /** The genuine reply to a question. */
    private static byte[] learn(SignedDns dns, Question question) {
        SimpleResolver client = new SimpleResolver(dns.address());
        client.setTCP(true);
        client.setEDNS(0, Query.UDP_PAYLOAD, ExtendedFlags.DO);
        Message query = Message.newQuery(Record.newRecord(question.name(), question.type(), DClass.IN));
        query.getHeader().setFlag(Flags.CD);
        try {
            return client.send(query).toWire();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An attacker with a server of their own, and the validators that believe it is their resolver. */
    private final class LabSite implements MutationCampaign.Site, AutoCloseable {
        private final SignedDns dns;
        private Lab lab;

        LabSite(MutationCampaign attacker) {
            this.lab = Lab.of(world.world());
            this.dns = lab.dns();
            dns.rewrite(attacker).rewriteWire(attacker::garble);
        }

        @Override
        public void renew() {
            lab = lab.fresh();
        }

        @Override
        public Lookup<?> lookup(MutationWorld.Subject subject) {
            return lab.lookup(subject.name(), subject.type());
        }

        @Override
        public void close() {
            lab.close();
        }
    }

    /** A validator that gets its replies from the attacker by a call. */
    private static final class MemorySite implements MutationCampaign.Site {
        private final MutationCampaign attacker;
        private final TrustAnchors anchors;
        private final Function<Question, byte[]> genuine;
        private @Nullable OffTheWire validator;

        MemorySite(MutationCampaign attacker, TrustAnchors anchors, Function<Question, byte[]> genuine) {
            this.attacker = attacker;
            this.anchors = anchors;
            this.genuine = genuine;
        }

        @Override
        public void renew() {
            validator = new OffTheWire(Clock.systemUTC(), anchors, this::attacked);
        }

        @Override
        public Lookup<?> lookup(MutationWorld.Subject subject) {
            return Objects.requireNonNull(validator).lookup(subject.name(), Lab.type(subject.type()));
        }

        private byte[] attacked(Question question) {
            Message query = Message.newQuery(Record.newRecord(question.name(), question.type(), DClass.IN));
            try {
                Message reply = attacker.rewrite(query, new Message(genuine.apply(question)), Transport.TCP);
                if (reply == null) {
                    throw LookupFailure.of(Lookup.Reason.TIMEOUT, "nothing came");
                }
                return attacker.garble(query, reply.toWire(), Transport.TCP).get(0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
