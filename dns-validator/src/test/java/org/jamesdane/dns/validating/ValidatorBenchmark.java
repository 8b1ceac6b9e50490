/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.validating.ValidatorConfig.Signatures;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Lookups of mail domains a second by this validator, by the one of the DNS library and by Unbound. A domain takes the MX records, then A,
 * AAAA and TLSA of the MX host, all in the domain's own signed zone. Cold lookups know nothing below the top-level domain, warm ones
 * everything. All ask the same server, whose replies are made beforehand.
 *
 * <p>Not part of the tests: runs in the profile {@code dns-bench}. docs/benchmarks.md has its figures. System properties:
 * {@code bench.domains}, {@code bench.rounds}, {@code bench.cached}, {@code bench.algorithms}, {@code bench.contenders} (how many of
 * the three), {@code bench.at-once}, {@code bench.directory}.
 */
class ValidatorBenchmark {
    private static final int DOMAINS = Integer.getInteger("bench.domains", 2_000);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
    /** Domains whose memory is measured; 0 for none. */
    private static final int CACHED = Integer.getInteger("bench.cached", 100_000);
    private static final String ALGORITHMS = System.getProperty("bench.algorithms", "RSASHA256,ECDSA_P256");
    private static final Path DIRECTORY = Path.of(System.getProperty("bench.directory", "target/dns-bench"));
    private static final int CONTENDERS = Integer.getInteger("bench.contenders", 3);
    private static final List<Integer> AT_ONCE = Stream.of(System.getProperty("bench.at-once", "1,64").split(",", -1))
        .map(Integer::valueOf).toList();
    /** Divisor of the number of domains for lookups one after the other, which take long. */
    private static final int SHARE_OF_SINGLE = 4;
    /** Until Java's compiler is through with most of it; the processor time it takes counts. */
    private static final int WARM_UP_ROUNDS = Integer.getInteger("bench.warm-up", 4);
    private static final Map<Integer, Provider> FASTER = SignatureProviders.find(SignatureProviders.KNOWN);
    private static final int ENTRIES = 10 * DOMAINS + 1000;
    private static final byte[] DIGEST = new byte[32];

    private final List<String> report = new ArrayList<>();

    /** Result of one pass over the domains. */
    private record Pass(double perSecond, double cpuMillisPerDomain) {
    }

    /** Name and address family of a domain's records. */
    private record Domain(DomainName apex, DomainName host, DomainName tlsa) {
        static Domain of(int number) {
            String apex = "d" + number + ".bench";
            return new Domain(DomainName.of(apex), DomainName.of("mx." + apex), DomainName.of("_25._tcp.mx." + apex));
        }
    }

    private interface Check {
        boolean holds() throws GeneralSecurityException;
    }

    private interface Maker {
        Contender make() throws IOException;
    }

    @Test
    void measure() throws IOException, GeneralSecurityException {
        Files.createDirectories(DIRECTORY);
        print("Java " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors, " + DOMAINS + " domains, "
            + ROUNDS + " rounds, median");
        for (String algorithm : ALGORITHMS.split(",", -1)) {
            measure(KeyAlgorithm.valueOf(algorithm));
        }
        Files.write(DIRECTORY.resolve("java-" + Runtime.version().feature() + ".md"), report);
    }

    private void print(String line) {
        report.add(line);
        System.out.println(line);
    }

    private void measure(KeyAlgorithm algorithm) throws IOException, GeneralSecurityException {
        SignedWorld world = world(algorithm);
        List<String> anchors = world.trustAnchors();
        try (SignedDns origin = world.start(); CannedDns canned = new CannedDns(origin.address())) {
            prepare(canned);
            Map<String, Maker> contenders = new LinkedHashMap<>();
            contenders.put("this validator", () -> new Contender.Ours(canned, anchors, ENTRIES, Signatures.JDK));
            if (!FASTER.isEmpty()) {
                contenders.put("this validator with the faster provider",
                    () -> new Contender.Ours(canned, anchors, ENTRIES, Signatures.AUTO));
            }
            if (CONTENDERS > 1) {
                contenders.put("dnsjava's ValidatingResolver", () -> new Contender.OfTheLibrary(canned, anchors));
            }
            if (CONTENDERS > 2 && Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
                contenders.put("Unbound", () -> new Contender.Unbound(canned, anchors, DIRECTORY));
            }
            print("");
            print("| " + algorithm + " | at once | cold: domains/s | CPU ms each | warm: domains/s | CPU ms each |");
            print("|---|---|---|---|---|---|");
            if (WARM_UP_ROUNDS > 0) {
                compare(contenders, canned, 64, WARM_UP_ROUNDS, DOMAINS / 2, ignored -> { });
            }
            for (int atOnce : AT_ONCE) {
                compare(contenders, canned, atOnce, ROUNDS, atOnce == 1 ? DOMAINS / SHARE_OF_SINGLE : DOMAINS, this::print);
            }
            print("");
            for (Signatures signatures : FASTER.isEmpty() ? List.of(Signatures.JDK) : List.of(Signatures.JDK, Signatures.AUTO)) {
                try (Contender.Ours ours = new Contender.Ours(canned, anchors, ENTRIES, signatures)) {
                    signatureShare(ours, canned, algorithm, world, signatures);
                    cachedAnswers(ours);
                }
            }
            if (CACHED > 0) {
                print(new CacheMemory(canned, anchors, DOMAINS).measure(CACHED));
            }
        }
    }

    private static SignedWorld world(KeyAlgorithm algorithm) {
        SignedWorld world = SignedDns.world().algorithm(algorithm);
        for (int i = 0; i <= DOMAINS; i++) {
            world.zone("d" + i + ".bench").mx(10, "mx.d" + i + ".bench").a("mx", "127.0.0.2").aaaa("mx", "::1")
                .tlsa("_25._tcp.mx", 3, 1, 1, DIGEST).ttl(86_400);
        }
        return world;
    }

    private static void prepare(CannedDns canned) throws IOException {
        for (int i = 0; i <= DOMAINS; i++) {
            Domain domain = Domain.of(i);
            for (String question : List.of(domain.apex() + ". MX", domain.host() + ". A", domain.host() + ". AAAA",
                    domain.tlsa() + ". TLSA", domain.apex() + ". DS", domain.apex() + ". DNSKEY")) {
                String[] parts = question.split(" ", -1);
                canned.prepare(Record.newRecord(Name.fromString(parts[0]), Type.value(parts[1]), DClass.IN));
            }
        }
    }

    private static void compare(Map<String, Maker> contenders, CannedDns canned, int atOnce, int rounds, int domains,
            Consumer<String> out) throws IOException {
        Map<String, List<Pass>> cold = new LinkedHashMap<>();
        Map<String, List<Pass>> warm = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Maker> each : contenders.entrySet()) {
                try (Contender contender = each.getValue().make()) {
                    // The keys of the root and the top-level domain are known to all.
                    assertThat(ask(contender, Domain.of(DOMAINS)).join()).isTrue();
                    cold.computeIfAbsent(each.getKey(), name -> new ArrayList<>()).add(pass(contender, canned, atOnce, domains));
                    warm.computeIfAbsent(each.getKey(), name -> new ArrayList<>()).add(pass(contender, canned, atOnce, domains));
                }
            }
        }
        for (String name : contenders.keySet()) {
            Pass first = median(Objects.requireNonNull(cold.get(name)));
            Pass again = median(Objects.requireNonNull(warm.get(name)));
            out.accept(String.format(Locale.ROOT, "| %s | %d | %.0f | %.2f | %.0f | %.3f |", name, atOnce, first.perSecond(),
                first.cpuMillisPerDomain(), again.perSecond(), again.cpuMillisPerDomain()));
        }
    }

    private static Pass median(List<Pass> passes) {
        double perSecond = passes.stream().mapToDouble(Pass::perSecond).sorted().toArray()[passes.size() / 2];
        double cpu = passes.stream().mapToDouble(Pass::cpuMillisPerDomain).sorted().toArray()[passes.size() / 2];
        return new Pass(perSecond, cpu);
    }

    private static CompletableFuture<Boolean> ask(Contender contender, Domain domain) {
        return contender.isSecure(domain.apex(), RecordType.MX).thenCompose(mx -> {
            CompletableFuture<Boolean> a = contender.isSecure(domain.host(), RecordType.A);
            CompletableFuture<Boolean> aaaa = contender.isSecure(domain.host(), RecordType.AAAA);
            CompletableFuture<Boolean> tlsa = contender.isSecure(domain.tlsa(), RecordType.TLSA);
            return a.thenCombine(aaaa, Boolean::logicalAnd).thenCombine(tlsa, Boolean::logicalAnd).thenApply(all -> all && mx);
        });
    }

    private static Pass pass(Contender contender, CannedDns canned, int atOnce, int domains) {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger secure = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        long cpu = cpuNanos(contender, canned);
        long begin = System.nanoTime();
        CompletableFuture.allOf(IntStream.range(0, atOnce).mapToObj(thread -> CompletableFuture.runAsync(() -> {
            for (int i = next.getAndIncrement(); i < domains; i = next.getAndIncrement()) {
                if (ask(contender, Domain.of(i)).join()) {
                    secure.incrementAndGet();
                }
            }
        }, threads)).toArray(CompletableFuture<?>[]::new)).join();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuMillis = (cpuNanos(contender, canned) - cpu) / 1e6;
        threads.shutdown();
        assertThat(secure.get()).isEqualTo(domains);
        return new Pass(domains / seconds, cpuMillis / domains);
    }

    /** Of this process but for the server and, where the contender is a process of its own, of that one alone. */
    private static long cpuNanos(Contender contender, CannedDns canned) {
        long own = contender.ownCpuNanos();
        long process = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
        return own > 0 ? own : process - canned.cpuNanos();
    }

    /** The signatures that were computed, times what one takes alone, as a part of all processor time; and who uses it. */
    private void signatureShare(Contender.Ours ours, CannedDns canned, KeyAlgorithm algorithm, SignedWorld world, Signatures by)
            throws GeneralSecurityException {
        ask(ours, Domain.of(DOMAINS)).join();
        long before = ours.dns().status().work().signatures();
        long queries = ours.dns().status().work().queries();
        Map<String, Long> threads = cpuOfThreads();
        Pass pass = pass(ours, canned, 64, DOMAINS);
        Map<String, Long> threadsAfter = cpuOfThreads();
        double perDomain = (ours.dns().status().work().signatures() - before) / (double) DOMAINS;
        SignatureComputation computation = by == Signatures.JDK ? SignatureComputation.ofJdk() : new SignatureComputation(FASTER);
        double millis = signatureMillis(algorithm, world, computation);
        print(String.format(Locale.ROOT, "%s, signatures by %s: %.2f upstream queries and %.2f signatures per cold domain, %.4f ms of CPU "
            + "each alone: %.0f %% of %.3f ms is outside of signatures", algorithm, by, (ours.dns().status().work().queries() - queries)
            / (double) DOMAINS, perDomain, millis, 100 * (1 - perDomain * millis / pass.cpuMillisPerDomain()), pass.cpuMillisPerDomain()));
        double io = millisPerDomain("dane-dns-io", threads, threadsAfter);
        double computing = millisPerDomain("dane-dns-", threads, threadsAfter) - io;
        print(String.format(Locale.ROOT, "of these %.3f ms on the computing threads, %.3f ms on the I/O thread, %.3f ms elsewhere (Java's "
            + "compiler and collector, who asks)", computing, io, pass.cpuMillisPerDomain() - computing - io));
    }

    private static Map<String, Long> cpuOfThreads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Map<String, Long> nanos = new HashMap<>();
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null) {
                nanos.merge(thread.getThreadName(), threads.getThreadCpuTime(thread.getThreadId()), Long::sum);
            }
        }
        return nanos;
    }

    private static double millisPerDomain(String prefix, Map<String, Long> before, Map<String, Long> after) {
        return after.entrySet().stream().filter(thread -> thread.getKey().startsWith(prefix))
            .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L)).sum() / 1e6 / DOMAINS;
    }

    private static double signatureMillis(KeyAlgorithm algorithm, SignedWorld world, SignatureComputation computation)
            throws GeneralSecurityException {
        List<Check> checks = new ArrayList<>();
        for (int i = 0; i < Math.min(DOMAINS, 100); i++) {
            SignedRrset set = SignedRrset.collect(world.signed("d" + i + ".bench", "mx", "A")).get(0);
            RRSIGRecord signature = set.signatures().get(0);
            ZoneKey key = SignedRrset.collect(world.signed("d" + i + ".bench", "@", "DNSKEY")).get(0).records().stream()
                .flatMap(record -> ZoneKey.of((DNSKEYRecord) record).stream()).filter(of -> of.tag() == signature.getFootprint())
                .findFirst().orElseThrow();
            PublicKey publicKey = key.publicKey().orElseThrow();
            byte[] octets = SignatureCheck.signedOctets(set, signature);
            byte[] made = signature.getSignature();
            checks.add(() -> computation.verifies(algorithm.number(), publicKey, octets, made));
        }
        int times = 2_000;
        int verified = 0;
        long begin = 0;
        for (int i = -times; i < times; i++) {
            if (i == 0) {
                begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            }
            verified += checks.get(Math.floorMod(i, checks.size())).holds() ? 1 : 0;
        }
        assertThat(verified).isEqualTo(2 * times);
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e6 / times;
    }

    /** Measures a single thread that asks for known answers. */
    private void cachedAnswers(Contender.Ours ours) {
        List<Supplier<CompletableFuture<?>>> lookups = new ArrayList<>();
        for (int i = 0; i < DOMAINS; i++) {
            Domain domain = Domain.of(i);
            lookups.add(() -> ours.dns().lookup(domain.apex(), RecordType.MX).toCompletableFuture());
            lookups.add(() -> ours.dns().lookup(domain.host(), RecordType.A).toCompletableFuture());
            lookups.add(() -> ours.dns().lookup(domain.host(), RecordType.AAAA).toCompletableFuture());
            lookups.add(() -> ours.dns().lookup(domain.tlsa(), RecordType.TLSA).toCompletableFuture());
        }
        double best = 0;
        for (int round = 0; round < 10; round++) {
            long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            int asked = 0;
            for (int i = 0; i < 40; i++) {
                for (Supplier<CompletableFuture<?>> lookup : lookups) {
                    asked += lookup.get().isDone() ? 1 : 0;
                }
            }
            double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e9;
            assertThat(asked).isEqualTo(40 * lookups.size());
            best = Math.max(best, asked / seconds);
        }
        print(String.format(Locale.ROOT, "cached answers: %,.0f a second of one thread's CPU (best of 10)", best));
    }
}
