/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jamesdane.dns.validating.SystemResolvers;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorConfig;
import picocli.CommandLine.Option;

/** Command-line options for the DNS; opens the validator that they describe. */
class ResolverOptions {
    private static final int DNS_PORT = 53;
    private static final Duration MAX_SELF_TEST = Duration.ofMinutes(2);

    @Option(names = "--resolver", paramLabel = "ADDRESS[:PORT]", description = "The recursive resolver to ask, by its IP address; an IPv6 "
        + "address with a port in brackets. Can be repeated. It must pass DNSSEC records on, and need not validate. Default: the system's.")
    private List<String> resolvers = new ArrayList<>();

    @Option(names = "--trust-anchor", paramLabel = "FILE", description = "A file with the root's trust anchors as DS or DNSKEY records. "
        + "Default: the two built-in ones.")
    private Optional<Path> trustAnchor = Optional.empty();

    /** Starts a validator, and waits for its self-test. */
    ValidatingDns openDns() {
        ValidatingDns dns = startValidator();
        try {
            dns.firstSelfTest().toCompletableFuture().get(MAX_SELF_TEST.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            dns.close();
            throw new LocalFailure("The resolvers could not be tested within " + MAX_SELF_TEST.toSeconds() + " s.");
        } catch (InterruptedException e) {
            dns.close();
            Thread.currentThread().interrupt();
            throw new LocalFailure("Interrupted.");
        }
        return dns;
    }

    /** Fault of the resolvers, if none of them can be used. */
    static Optional<String> outOfOrder(ValidatingDns dns) {
        return dns.status().ready() ? Optional.empty() : dns.status().problems().stream().findFirst()
            .or(() -> Optional.of("no resolver can be used"));
    }

    private ValidatingDns startValidator() {
        List<InetSocketAddress> servers = resolvers.isEmpty() ? SystemResolvers.addresses()
            : resolvers.stream().map(text -> parsed("--resolver", text, CheckOptions::server)).toList();
        if (servers.isEmpty()) {
            throw new LocalFailure("The system names no DNS resolver; name one with --resolver.");
        }
        ValidatorConfig.Builder builder = ValidatorConfig.builder().upstreams(servers);
        trustAnchor.ifPresent(builder::trustAnchorFile);
        try {
            return ValidatingDns.create(builder.build(), Clock.systemUTC(), new SecureRandom());
        } catch (IllegalArgumentException e) {
            throw new LocalFailure(e.getMessage() + ".");
        }
    }

    interface Parser<T> {
        T parse(String text);
    }

    static <T> T parsed(String option, String text, Parser<T> parser) {
        try {
            return parser.parse(text);
        } catch (IllegalArgumentException e) {
            throw new LocalFailure(option + "=" + text + " is not allowed; " + e.getMessage() + ".");
        }
    }

    /** An IP address with an optional port; names are refused, since looking them up would need a resolver. */
    static InetSocketAddress server(String text) {
        String host = text;
        int serverPort = DNS_PORT;
        boolean bracketed = text.startsWith("[");
        int end = bracketed ? text.indexOf(']') : text.indexOf(':');
        boolean bareIpv6 = !bracketed && end >= 0 && text.indexOf(':', end + 1) >= 0;
        if (bracketed && end > 0) {
            host = text.substring(1, end);
            serverPort = end + 1 < text.length() ? portOf(text.substring(end + 1)) : DNS_PORT;
        } else if (end >= 0 && !bareIpv6) {
            host = text.substring(0, end);
            serverPort = portOf(text.substring(end));
        }
        // Brackets keep the JDK from looking up a name; with an address in them it only reads it.
        boolean ipv6 = host.indexOf(':') >= 0;
        boolean ipv4 = host.matches("\\d{1,3}(\\.\\d{1,3}){3}");
        if (!ipv6 && !ipv4) {
            throw new IllegalArgumentException("it is an IP address, with \":port\" where that is not 53");
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(ipv6 ? "[" + host + "]" : host), serverPort);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("it is no IP address", e);
        }
    }

    private static int portOf(String suffix) {
        if (!suffix.matches(":\\d{1,5}") || Integer.parseInt(suffix.substring(1)) > 65_535) {
            throw new IllegalArgumentException("the port is a number from 1 to 65535");
        }
        return Integer.parseInt(suffix.substring(1));
    }
}
