/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Resolutions in which an attacker changes replies at random. Whatever they do, nothing signed is ever called insecure, and nothing
 * is called secure but the truth.
 *
 * <p>System properties: {@code mutation.resolutions}, how many (default 20,000; 200,000 with the Maven
 * profile {@code mutation}, 3,000,000 with {@code mutation-long}); {@code mutation.seed}, the number that a failure names
 * (default: a new one).
 */
class MutationTest {
    private static final int RESOLUTIONS = Integer.getInteger("mutation.resolutions", 20_000);
    private static final long SEED = Long.getLong("mutation.seed", new SecureRandom().nextLong());
    private static final int ATTACKERS = 8;
    /** Questions one validator is asked before a new one with empty caches takes its place. */
    private static final int PER_VALIDATOR = 40;

    private static final int HEADER_OCTETS = 12;
    private static final int TYPE_AND_CLASS_OCTETS = 4;
    private static final Plan REST = new Plan(0, false, 0, 0, false);

    private final MutationWorld world = new MutationWorld();
    private final Map<MutationWorld.Subject, String> truths = new ConcurrentHashMap<>();

    @Test
    void shouldNeverCallASignedNameInsecureNorAnythingButTheTruthSecure() {
        long begin = System.nanoTime();
        Mutator mutator = learnTheTruth();
        ExecutorService threads = Executors.newFixedThreadPool(ATTACKERS);
        try {
            List<CompletableFuture<Campaign>> campaigns = IntStream.range(0, ATTACKERS)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> new Campaign(SEED + i, mutator).run(RESOLUTIONS / ATTACKERS), threads))
                .toList();
            Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
            campaigns.forEach(campaign -> campaign.join().outcomes
                .forEach((outcome, count) -> outcomes.merge(outcome, count, Integer::sum)));
            System.out.println("Mutated resolutions with -Dmutation.seed=" + SEED + ": " + outcomes + " in "
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + " s");

            assertThat(campaigns.stream().flatMap(campaign -> campaign.join().violations.stream())).as("seed %d", SEED).isEmpty();
            // Attacks that never get through, or never fail, would be no attacks.
            assertThat(outcomes).containsKeys(Outcome.SECURE, Outcome.INSECURE, Outcome.FAILED);
            assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(RESOLUTIONS);
        } finally {
            threads.shutdownNow();
        }
    }

    private enum Outcome {
        SECURE, INSECURE, FAILED
    }

    /**
     * What the attacker does in one resolution. It depends on the question and on how often it came, not on the order.
     *
     * @param persistent the same change each time a question is asked again
     * @param rate the part of replies that are changed
     * @param onlyType the type whose replies are changed, or 0 for all
     * @param octets change octets of the message instead of its records
     */
    private record Plan(long seed, boolean persistent, double rate, int onlyType, boolean octets) {
    }

    /** Asks everything without an attack; returns an attacker who has listened. */
    private Mutator learnTheTruth() {
        try (Lab lab = Lab.of(world.world())) {
            for (MutationWorld.Subject subject : world.subjects()) {
                Lookup<?> lookup = lab.lookup(subject.name(), subject.type());
                assertThat(Lab.verdict(lookup)).as("%s without an attack", subject).isEqualTo(subject.clean());
                truths.put(subject, data(lookup));
            }
            return world.mutator(lab.dns());
        }
    }

    private static String data(Lookup<?> lookup) {
        String kind = lookup.getClass().getSimpleName();
        if (lookup instanceof Lookup.Found<?> found) {
            return kind + found.records().stream().map(DnsRecord::toString).sorted().toList();
        }
        return lookup instanceof Lookup.Alias<?> alias ? kind + alias.target() : kind;
    }

    /** One attacker with a server of their own, and the validators that believe it is their resolver. */
    private final class Campaign implements SignedDns.Rewrite {
        private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        private final List<String> violations = new ArrayList<>();
        private final Random random;
        private final Map<String, Integer> asked = new ConcurrentHashMap<>();
        private volatile Plan plan = REST;
        private volatile boolean struck;
        private final Mutator mutator;

        Campaign(long seed, Mutator mutator) {
            this.random = new Random(seed);
            this.mutator = mutator;
        }

        Campaign run(int resolutions) {
            try (Lab first = Lab.of(world.world())) {
                first.dns().rewrite(this).rewriteWire(this::garble);
                Lab lab = first;
                List<MutationWorld.Subject> queue = new ArrayList<>();
                int mutated = 0;
                for (int i = 0; mutated < resolutions; i++) {
                    if (i % PER_VALIDATOR == 0) {
                        plan = REST;
                        lab = lab.fresh();
                        queue = new ArrayList<>(world.subjects());
                        Collections.shuffle(queue, random);
                    }
                    mutated += attack(lab, queue.get(i % PER_VALIDATOR)) ? 1 : 0;
                }
                lab.validator().close();
            }
            return this;
        }

        /** Whether at least one reply was changed; only then it counts. */
        private boolean attack(Lab lab, MutationWorld.Subject subject) {
            asked.clear();
            struck = false;
            int type = Type.value(subject.type());
            Plan now = new Plan(random.nextLong(), random.nextInt(3) > 0, random.nextBoolean() ? 1 : 0.4,
                List.of(0, 0, type, type, Type.DS, Type.DNSKEY).get(random.nextInt(6)), random.nextInt(10) == 0);
            plan = now;
            Lookup<?> lookup = lab.lookup(subject.name(), subject.type());
            Outcome outcome = outcome(lookup);
            if (struck) {
                outcomes.merge(outcome, 1, Integer::sum);
            }
            if (isViolation(subject, lookup, outcome)) {
                violations.add(subject + " " + now + ": " + lookup);
            }
            return struck;
        }

        private Outcome outcome(Lookup<?> lookup) {
            return lookup.security().map(security -> switch (security) {
                case SECURE -> Outcome.SECURE;
                case INSECURE -> Outcome.INSECURE;
            }).orElse(Outcome.FAILED);
        }

        private boolean isViolation(MutationWorld.Subject subject, Lookup<?> lookup, Outcome outcome) {
            return switch (outcome) {
                case SECURE -> !subject.clean().endsWith(" secure") || !data(lookup).equals(truths.get(subject));
                case INSECURE -> subject.insecurity() == MutationWorld.Insecurity.NEVER;
                case FAILED -> ((Lookup.Failed<?>) lookup).reason() == Lookup.Reason.INTERNAL;
            };
        }

        @Override
        public @Nullable Message rewrite(Message query, Message reply, Transport transport) {
            Plan now = plan;
            Random dice = dice(now, query);
            if (now.octets() || !isChosen(now, query, dice)) {
                return reply;
            }
            struck = true;
            return mutator.mutate(reply, dice);
        }

        /** Changes octets behind the question: with another header or question it would be no reply at all. */
        private List<byte[]> garble(Message query, byte[] reply, Transport transport) {
            Plan now = plan;
            Random dice = dice(now, query);
            int start = HEADER_OCTETS + question(query).getName().length() + TYPE_AND_CLASS_OCTETS;
            if (now.octets() && reply.length > start && isChosen(now, query, dice)) {
                struck = true;
                for (int i = 1 + dice.nextInt(4); i > 0; i--) {
                    reply[start + dice.nextInt(reply.length - start)] ^= (byte) (1 << dice.nextInt(8));
                }
            }
            return List.of(reply);
        }

        private Random dice(Plan now, Message query) {
            String question = question(query).toString();
            int times = now.octets() ? 1 : asked.merge(question, 1, Integer::sum);
            return new Random(now.seed() ^ question.hashCode() ^ (now.persistent() ? 0 : times * 0x9e3779b97f4a7c15L));
        }

        private static boolean isChosen(Plan now, Message query, Random dice) {
            return (now.onlyType() == 0 || now.onlyType() == question(query).getType()) && dice.nextDouble() < now.rate();
        }

        private static Record question(Message query) {
            return Objects.requireNonNull(query.getQuestion());
        }
    }
}
