/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Plan of what is to be measured, as the command line says: {@code --name=value}.
 *
 * @param messages small messages of a round
 * @param large large messages of a round
 * @param warmUp messages that each server gets before anything is measured
 * @param runs rounds of each kind
 * @param domains the numbers of domains
 * @param latencies the added round trips, in milliseconds
 * @param subjects which servers
 * @param budget when no further kind of round is begun
 */
record Plan(int messages, int large, int warmUp, int runs, List<Integer> domains, List<Integer> latencies, List<String> subjects,
        List<String> figures, Duration budget) {
    static final int SMALL_OCTETS = 4 * 1024;
    static final String OUTBOUND = "outbound";
    static final String END_TO_END = "end-to-end";
    private static final int LARGE_OCTETS = 100 * 1024;

    /** Kind of round. */
    record Scenario(String figure, int domains, int latency, int messages, int octets) {
        @Override
        public String toString() {
            return figure + ", " + domains + (domains == 1 ? " domain, " : " domains, ")
                + latency + " ms, " + messages + " × " + octets / 1024 + " KB";
        }
    }

    Plan {
        for (String figure : figures) {
            if (!figure.equals(OUTBOUND) && !figure.equals(END_TO_END)) {
                throw new IllegalArgumentException("There is no figure " + figure + "; there are " + OUTBOUND + " and " + END_TO_END);
            }
        }
    }

    static Plan parse(String... args) {
        boolean quick = Arrays.asList(args).contains("--quick");
        return new Plan(number(args, "messages", quick ? 400 : 5000), number(args, "large", quick ? 0 : 500),
            number(args, "warm-up", quick ? 200 : 4000), number(args, "runs", quick ? 1 : 5),
            numbers(args, "domains", quick ? "20" : "1,20,200"), numbers(args, "latency", quick ? "0" : "0,20"),
            List.of(value(args, "subjects").orElse("dane,encrypt,stock,postfix,postfix-reuse").split(",")),
            List.of(value(args, "figures").orElse(OUTBOUND + "," + END_TO_END).split(",")),
            Duration.ofMinutes(number(args, "budget", 120)));
    }

    /** The figures that say most come first, so that a run that ends early has them. */
    List<Scenario> scenarios() {
        return figures.stream()
            .flatMap(figure -> latencies.stream().flatMap(latency -> domains.stream().flatMap(domain -> {
                Scenario small = new Scenario(figure, domain, latency, messages, SMALL_OCTETS);
                boolean alsoLarge = large > 0 && latency == 0 && domain == 20;
                return alsoLarge ? Stream.of(small, new Scenario(figure, domain, latency, large, LARGE_OCTETS)) : Stream.of(small);
            }))).toList();
    }

    int mostDomains() {
        return domains.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    /** Value that the command line gives for the name, if any. */
    static Optional<String> value(String[] args, String name) {
        return Arrays.stream(args).filter(arg -> arg.startsWith("--" + name + "=")).findFirst()
            .map(arg -> arg.substring(name.length() + 3));
    }

    /** The same as a number, or the default. */
    static int number(String[] args, String name, int defaultValue) {
        return value(args, name).map(Integer::valueOf).orElse(defaultValue);
    }

    private static List<Integer> numbers(String[] args, String name, String defaultValue) {
        return Arrays.stream(value(args, name).orElse(defaultValue).split(",")).map(Integer::valueOf).toList();
    }
}
