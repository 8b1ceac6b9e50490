/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.Transport;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** An attacker who changes replies at random, with the outcomes. */
final class MutationCampaign implements SignedDns.Rewrite {
    /** Questions one validator is asked before a new one with empty caches takes its place. */
    private static final int PER_VALIDATOR = 40;
    private static final int HEADER_OCTETS = 12;
    private static final int TYPE_AND_CLASS_OCTETS = 4;
    private static final Plan REST = new Plan(0, false, 0, 0, false);

    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private final List<String> violations = new ArrayList<>();
    private final Random random;
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final Mutator mutator;
    private final Map<MutationWorld.Subject, String> truths;
    private volatile Plan plan = REST;
    private volatile boolean struck;

    /** The outcome of a resolution. */
    enum Outcome {
        SECURE, INSECURE, FAILED
    }

    /** A validator under attack. */
    interface Site {
        /** Takes another validator, whose caches are empty. */
        void renew();

        Lookup<?> lookup(MutationWorld.Subject subject);
    }

    /**
     * The plan for one resolution. What it does depends on the question and on how often that came, not on the order.
     *
     * @param persistent the same change each time a question is asked again
     * @param rate the part of replies that are changed
     * @param onlyType the type whose replies are changed, or 0 for all
     * @param octets change octets of the message instead of its records
     */
    private record Plan(long seed, boolean persistent, double rate, int onlyType, boolean octets) {
    }

    /**
     * An attacker who has done nothing yet.
     *
     * @param truths the data of each subject without an attack
     */
    MutationCampaign(long seed, Mutator mutator, Map<MutationWorld.Subject, String> truths) {
        this.random = new Random(seed);
        this.mutator = mutator;
        this.truths = truths;
    }

    /** The data of an answer, without its proof. */
    static String data(Lookup<?> lookup) {
        String kind = lookup.getClass().getSimpleName();
        if (lookup instanceof Lookup.Found<?> found) {
            return kind + found.records().stream().map(DnsRecord::toString).sorted().toList();
        }
        return lookup instanceof Lookup.Alias<?> alias ? kind + alias.target() : kind;
    }

    MutationCampaign run(Site site, List<MutationWorld.Subject> subjects, int resolutions) {
        List<MutationWorld.Subject> queue = new ArrayList<>();
        int mutated = 0;
        for (int i = 0; mutated < resolutions; i++) {
            if (i % PER_VALIDATOR == 0) {
                plan = REST;
                site.renew();
                queue = new ArrayList<>(subjects);
                Collections.shuffle(queue, random);
            }
            mutated += attack(site, queue.get(i % PER_VALIDATOR)) ? 1 : 0;
        }
        return this;
    }

    /** Number of times that each outcome came. */
    Map<Outcome, Integer> outcomes() {
        return outcomes;
    }

    /** Outcomes that must never come, and did. */
    List<String> violations() {
        return violations;
    }

    /** Tells if at least one reply was changed; only then it counts. */
    private boolean attack(Site site, MutationWorld.Subject subject) {
        asked.clear();
        struck = false;
        int type = Type.value(subject.type());
        Plan now = new Plan(random.nextLong(), random.nextInt(3) > 0, random.nextBoolean() ? 1 : 0.4,
            List.of(0, 0, type, type, Type.DS, Type.DNSKEY).get(random.nextInt(6)), random.nextInt(10) == 0);
        plan = now;
        Lookup<?> lookup = site.lookup(subject);
        Outcome outcome = outcome(lookup);
        if (struck) {
            outcomes.merge(outcome, 1, Integer::sum);
        }
        if (isViolation(subject, lookup, outcome)) {
            violations.add(subject + " " + now + ": " + lookup);
        }
        return struck;
    }

    private static Outcome outcome(Lookup<?> lookup) {
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
    List<byte[]> garble(Message query, byte[] reply, Transport transport) {
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
