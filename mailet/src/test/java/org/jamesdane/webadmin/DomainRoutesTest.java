/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import com.google.common.net.InetAddresses;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.diagnosis.HostFinding;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Security;
import org.jamesdane.james.DeliveriesHere;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.junit.jupiter.api.Test;

/** Facts in an explanation that each node has of its own. */
class DomainRoutesTest {
    private static final MxHost HOST = new MxHost.Named(DomainName.of("mx.example"), 10);
    private static final InetAddress ONE = InetAddresses.forString("192.0.2.1");
    private static final InetAddress OTHER = InetAddresses.forString("192.0.2.2");
    private static final SiteKey SITE = SiteKey.of(List.of("mx.example"), 25);
    private static final HostFinding FINDING = new HostFinding(HOST,
        new HostAddresses.Found(HOST, List.of(), Security.INSECURE, List.of(ONE, OTHER), List.of()), Optional.empty(), Optional.empty());

    @Test
    void shouldNameTheHostsThatGetNoGroups() {
        assertThat(thisNode(true)).isEqualTo(Map.of("acrossMails", true, "hostsWithoutGroups", List.of("mx.example 192.0.2.2")));
    }

    @Test
    void shouldSayThatNoHostGetsGroups() {
        assertThat(thisNode(false)).isEqualTo(Map.of("acrossMails", false, "hostsWithoutGroups", List.of()));
    }

    private static Map<String, Object> thisNode(boolean acrossMails) {
        ConnectionPool.Limits limits = new ConnectionPool.Limits(100, Duration.ofSeconds(10), Duration.ofMinutes(5), 500, 20, 20,
            acrossMails);
        try (SocketSmtpConnector connector = new SocketSmtpConnector();
             ConnectionPool pool = new ConnectionPool(connector, limits, InstantSource.system());
             Dispatcher dispatcher = new Dispatcher(Runnable::run, new Dispatcher.Limits(2, 1), System::nanoTime, new Random(1),
                 new NoneRecent())) {
            pool.mailGroups().refused("mx.example", new InetSocketAddress(OTHER, 25));
            return DomainRoutes.thisNode(Optional.of(SITE), List.of(FINDING), 25, new DeliveriesHere(dispatcher, pool));
        }
    }

    private static final class NoneRecent implements RecentSuccesses {
        @Override
        public boolean isRecent(String destination) {
            return false;
        }

        @Override
        public void succeeded(String destination) {
            // No mail is sent here.
        }

        @Override
        public void forget(String destination) {
            // There is nothing to forget.
        }
    }
}
