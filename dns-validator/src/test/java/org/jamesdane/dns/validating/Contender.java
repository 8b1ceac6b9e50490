/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** Whoever is measured: someone who can say whether the records at a name are secure. */
interface Contender extends AutoCloseable {
    Duration PATIENCE = Duration.ofMinutes(1);

    /** Tests if there are records, and they are secure. */
    CompletableFuture<Boolean> isSecure(DomainName name, RecordType<?> type);

    /** Processor time in a process of its own, in nanoseconds; 0 if it has none. */
    default long ownCpuNanos() {
        return 0;
    }

    @Override
    void close();

    /** This validator. */
    final class Ours implements Contender {
        private final ValidatingDns dns;

        Ours(CannedDns upstream, List<String> anchors, int entries, ValidatorConfig.Signatures signatures) {
            dns = ValidatingDns.create(ValidatorConfig.builder().signatures(signatures).upstreams(List.of(upstream.address()))
                .timeout(PATIENCE).cacheMaxEntries(entries).trustAnchors(TrustAnchors.parse(anchors)).build(),
                Clock.systemUTC(), new SecureRandom());
            dns.firstSelfTest().toCompletableFuture().join();
        }

        ValidatingDns dns() {
            return dns;
        }

        @Override
        public CompletableFuture<Boolean> isSecure(DomainName name, RecordType<?> type) {
            return secure(dns.lookup(name, type));
        }

        private static <L extends Lookup<?>> CompletableFuture<Boolean> secure(CompletionStage<L> lookup) {
            return lookup.toCompletableFuture().thenApply(found -> found.security().equals(Optional.of(Security.SECURE)));
        }

        @Override
        public void close() {
            dns.close();
        }
    }

    /** The validator of the DNS library, in the form that was quickest: asynchronous, on as many threads as there are processors. */
    final class OfTheLibrary implements Contender {
        private final ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        private final ValidatingResolver resolver;

        OfTheLibrary(CannedDns upstream, List<String> anchors) throws IOException {
            SimpleResolver behind = new SimpleResolver(upstream.address());
            behind.setEDNS(0, Query.UDP_PAYLOAD, ExtendedFlags.DO);
            behind.setTimeout(PATIENCE);
            resolver = new ValidatingResolver(behind);
            resolver.loadTrustAnchors(new ByteArrayInputStream(String.join("\n", anchors).getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public CompletableFuture<Boolean> isSecure(DomainName name, RecordType<?> type) {
            Record question = Record.newRecord(WireNames.toWire(name), type.code(), DClass.IN);
            return resolver.sendAsync(Message.newQuery(question), threads).toCompletableFuture()
                .thenApply(reply -> reply.getHeader().getFlag(Flags.AD));
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }

    /** Unbound, asked for its verdict by a client that does nothing else. */
    final class Unbound implements Contender {
        private final ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        private final DnsTransport transport = new DnsTransport(threads);
        private final SecureRandom random = new SecureRandom();
        private final UnboundForwarder unbound;

        Unbound(CannedDns upstream, List<String> anchors, Path directory) {
            unbound = new UnboundForwarder(upstream.address(), anchors, directory);
            transport.start();
        }

        @Override
        public CompletableFuture<Boolean> isSecure(DomainName name, RecordType<?> type) {
            Name wire = WireNames.toWire(name);
            Query query = Query.of(new Question(wire, type.code()), Query.Wish.VERDICT, random.nextInt(1 << 16));
            return transport.send(unbound.address(), query, false, PATIENCE).thenApply(reply -> Reply.parse(reply).authenticated());
        }

        @Override
        public long ownCpuNanos() {
            return unbound.cpuNanos();
        }

        @Override
        public void close() {
            transport.close();
            threads.shutdownNow();
            unbound.close();
        }
    }
}
