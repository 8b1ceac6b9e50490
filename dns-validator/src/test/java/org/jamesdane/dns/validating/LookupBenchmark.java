/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.management.ThreadMXBean;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * Processor time and allocation of one thread for lookups of mail domains: validated from replies at hand, and from the cache. Also the
 * heap that a cached answer takes. Nobody archives what verified them. It compiles with earlier revisions too, so that two of them can be
 * run by turns; time of the thread is what a machine with other work disturbs least.
 */
public final class LookupBenchmark {
    private static final PrintStream OUT = System.out;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int WARM_UP = 5;
    private static final int LOOKUPS_OF_A_DOMAIN = 4;
    private static final byte[] DIGEST = new byte[32];

    /** Costs of one unit of work. */
    private record Cost(double micros, double octets) {
    }

    private interface Work {
        void run();
    }

    private LookupBenchmark() {
    }

    /**
     * Prints the figures of this revision.
     *
     * @param args rounds (15 if absent), domains (200), domains whose heap is measured (100,000; 0 for none)
     */
    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
        int domains = args.length > 1 ? Integer.parseInt(args[1]) : 200;
        int kept = args.length > 2 ? Integer.parseInt(args[2]) : 100_000;
        OUT.println("Java " + Runtime.version() + ", quickest and median of " + rounds + " rounds of " + domains + " domains");
        for (KeyAlgorithm algorithm : new KeyAlgorithm[] {KeyAlgorithm.RSASHA256, KeyAlgorithm.ED25519}) {
            SignedWorld world = SignedDns.world().algorithm(algorithm);
            for (int i = 0; i < domains; i++) {
                world.zone("d" + i + ".bench").mx(10, "mx.d" + i + ".bench").a("mx", "127.0.0.2").aaaa("mx", "::1")
                    .tlsa("_25._tcp.mx", 3, 1, 1, DIGEST).ttl(86_400);
            }
            List<String> anchors = world.trustAnchors();
            try (SignedDns origin = world.start(); CannedDns canned = new CannedDns(origin.address())) {
                validated(algorithm, canned, TrustAnchors.parse(anchors), rounds, domains);
                cached(algorithm, canned, anchors, rounds, domains);
                if (kept > 0) {
                    OUT.println(algorithm + ", " + new CacheMemory(canned, anchors, domains).measure(kept));
                }
            }
        }
    }

    private static List<Question> questions(int domain) {
        String apex = "d" + domain + ".bench.";
        return List.of(new Question(Name.fromConstantString(apex), Type.MX), new Question(Name.fromConstantString("mx." + apex), Type.A),
            new Question(Name.fromConstantString("mx." + apex), Type.AAAA),
            new Question(Name.fromConstantString("_25._tcp.mx." + apex), Type.TLSA));
    }

    /** Everything on the calling thread, from the octets of the replies to the answers; six signatures a domain. */
    private static void validated(KeyAlgorithm algorithm, CannedDns canned, TrustAnchors anchors, int rounds, int domains) {
        Map<Question, Reply> replies = new HashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (DnsTransport transport = new DnsTransport(threads)) {
            transport.start();
            Upstream upstream = new Upstream(canned.address());
            Resolver wire = new UpstreamPool(List.of(upstream), transport, new SecureRandom()).only(upstream);
            Resolver atHand = (question, mode, budget) -> CompletableFuture.completedFuture(replies.computeIfAbsent(question,
                each -> wire.ask(each, mode, Budget.of(PATIENCE)).join()));
            report(algorithm + ", a cold domain", rounds, domains, () -> {
                ValidationParts parts = new ValidationParts(Clock.systemUTC(), Duration.ZERO, SignatureComputation.ofJdk());
                Validator validation = parts.validation(atHand, parts.walk(atHand, new ZoneCache(1 << 30, parts.clock()), () -> anchors),
                    new InsecureOverrides(Set.of(), new NegativeTrustAnchors(parts.clock()), parts.clock()), () -> anchors, 1);
                for (int i = 0; i < domains; i++) {
                    for (Question question : questions(i)) {
                        require(validation.answer(question, Budget.of(PATIENCE)).join().kind() == Answer.Kind.FOUND);
                    }
                }
            });
        } finally {
            threads.shutdown();
        }
    }

    private static void cached(KeyAlgorithm algorithm, CannedDns canned, List<String> anchors, int rounds, int domains) throws IOException {
        try (Contender.Ours ours = new Contender.Ours(canned, anchors, 10 * domains + 1000, ValidatorConfig.Signatures.JDK)) {
            List<DomainName> names = new ArrayList<>();
            List<RecordType<?>> types = List.of(RecordType.MX, RecordType.A, RecordType.AAAA, RecordType.TLSA);
            for (int i = 0; i < domains; i++) {
                questions(i).forEach(question -> names.add(DomainName.of(question.name().toString())));
            }
            Work all = () -> {
                for (int i = 0; i < names.size(); i++) {
                    require(ours.dns().lookup(names.get(i), types.get(i % LOOKUPS_OF_A_DOMAIN)).toCompletableFuture().join() != null);
                }
            };
            all.run();
            int repeats = 50;
            report(algorithm + ", a cached answer", rounds, names.size() * repeats, () -> {
                for (int i = 0; i < repeats; i++) {
                    all.run();
                }
            });
        }
    }

    private static void report(String what, int rounds, int units, Work work) {
        Cost[] costs = new Cost[rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            long octets = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            long nanos = THREADS.getCurrentThreadCpuTime();
            work.run();
            Cost cost = new Cost((THREADS.getCurrentThreadCpuTime() - nanos) / 1000.0 / units,
                (double) (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - octets) / units);
            if (i >= 0) {
                costs[i] = cost;
            }
        }
        double[] micros = Arrays.stream(costs).mapToDouble(Cost::micros).sorted().toArray();
        double[] octets = Arrays.stream(costs).mapToDouble(Cost::octets).sorted().toArray();
        OUT.printf(Locale.ROOT, "%-28s %9.3f us, median %9.3f us, allocated %8.0f octets%n", what, micros[0], micros[rounds / 2],
            octets[rounds / 2]);
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("an answer is not what it should be");
        }
    }
}
