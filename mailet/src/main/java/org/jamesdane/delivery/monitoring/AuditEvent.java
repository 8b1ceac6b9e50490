/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.smtp.Envelope;

/**
 * Attempt at one host, as the audit log keeps it.
 *
 * @param started when the attempt at the host began
 * @param took how long it lasted
 * @param mail the mail's name
 * @param envelope who it is from, and all for whom it goes to the next hop
 * @param nextHop where the mail is for
 * @param policy what applied, and where it comes from
 * @param route how the host was found; empty if there was none
 * @param discovery what was found of TLSA records; empty if it did not get that far
 * @param requirement what the connection had to be; empty if it did not get that far
 * @param connection what it was; empty if there was none
 * @param attempt what came of it
 */
public record AuditEvent(Instant started, Duration took, String mail, Envelope envelope, NextHop nextHop,
        PolicySelection policy, Optional<Routing.Route> route, Optional<TlsaDiscovery> discovery, Optional<TlsRequirement> requirement,
        Optional<Connection> connection, HostAttempt attempt, List<String> notes) {
    public AuditEvent {
        notes = List.copyOf(notes);
    }

    /**
     * The connection of an attempt.
     *
     * @param address the peer
     * @param channel how it was protected at the end; empty if the dialogue never began
     * @param reused whether it has carried another mail before
     * @param opening how long it took to connect, greet and protect it; nothing for one that was reused
     * @param check whether that met the requirement; empty if it was not asked
     */
    public record Connection(InetSocketAddress address, Optional<Channel> channel, boolean reused, Duration opening,
            Optional<ChannelCheck> check) {
    }
}
