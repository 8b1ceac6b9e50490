/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import com.google.common.net.InetAddresses;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.tls.TlsOffer;

/**
 * Settings {@code smtp.*} of dane.properties.
 *
 * @param port the port of MX hosts
 * @param tlsOffer the versions, suites and groups offered
 * @param allowedSpecialTargets private and special addresses that mail may be sent to all the same
 * @param ownAddresses addresses at which this server, or what stands before it, takes mail from others
 * @param concurrency how many deliveries at once, in all, to one destination and to one site
 * @param connections how long a connection is used
 * @param insecureGatewayAuth whether credentials may go to a gateway that is not authenticated
 */
record SmtpSettings(int port, TlsOffer tlsOffer, List<AddressRange> allowedSpecialTargets, Set<InetAddress> ownAddresses,
        Dispatcher.Limits concurrency, ConnectionPool.Limits connections, boolean insecureGatewayAuth) {
    private static final int MAX_CONCURRENCY = 10_000;
    private static final int MAX_MESSAGES = 100_000;
    private static final int DEFAULT_CONCURRENCY = 200;
    private static final int DEFAULT_DESTINATION_CONCURRENCY = 20;
    private static final int DEFAULT_SITE_CONCURRENCY = 20;

    static SmtpSettings parse(StrictSettings settings) {
        return new SmtpSettings(
            settings.integer("smtp.port", 1, 65_535, NextHop.SMTP_PORT),
            TlsProperties.read(settings),
            settings.list("smtp.allowed-special-targets", "addresses or networks such as 127.0.0.0/8 between commas", AddressRange::parse),
            ownAddresses(settings),
            concurrency(settings),
            connections(settings, concurrency(settings)),
            settings.bool("gateway.insecure-auth", false));
    }

    private static Dispatcher.Limits concurrency(StrictSettings settings) {
        int perDestination = settings.integer("smtp.destination.concurrency", 1, MAX_CONCURRENCY, DEFAULT_DESTINATION_CONCURRENCY);
        return new Dispatcher.Limits(settings.integer("smtp.concurrency", 1, MAX_CONCURRENCY, DEFAULT_CONCURRENCY), perDestination,
            settings.integer("smtp.site.concurrency", perDestination, MAX_CONCURRENCY,
                Math.max(perDestination, DEFAULT_SITE_CONCURRENCY)));
    }

    private static ConnectionPool.Limits connections(StrictSettings settings, Dispatcher.Limits concurrency) {
        ConnectionPool.Limits defaults = ConnectionPool.Limits.DEFAULTS;
        return new ConnectionPool.Limits(
            settings.integer("smtp.connection.max-messages", 1, MAX_MESSAGES, defaults.maxMessages()),
            settings.duration("smtp.connection.idle", Duration.ofSeconds(1), Duration.ofMinutes(5), defaults.idle()),
            settings.duration("smtp.connection.max-age", Duration.ofSeconds(1), Duration.ofHours(1), defaults.maxAge()),
            defaults.maxIdle(), defaults.maxIdlePerKey(), concurrency.perSite(),
            settings.bool("smtp.pipelining.across-mails", defaults.acrossMails()));
    }

    private static Set<InetAddress> ownAddresses(StrictSettings settings) {
        Optional<String> text = settings.text("smtp.own-addresses");
        if (text.filter("none"::equals).isPresent()) {
            return Set.of();
        }
        List<InetAddress> named = settings.list("smtp.own-addresses", "IP addresses between commas, or none", InetAddresses::forString);
        return named.isEmpty() ? interfaceAddresses() : Set.copyOf(named);
    }

    /** The addresses of this host's interfaces. Loopback addresses are no destinations anyway. */
    private static Set<InetAddress> interfaceAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            throw new ConfigurationError(DaneProperties.SOURCE
                + ": the addresses of this host can't be read; name them in smtp.own-addresses.", e);
        }
    }
}
