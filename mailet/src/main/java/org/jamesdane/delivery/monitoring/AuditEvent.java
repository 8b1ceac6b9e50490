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
 * @param delivery the mail, its next hop and the policy
 * @param progress what was known when the attempt ended
 * @param attempt its result
 * @param notes remarks for people
 */
public record AuditEvent(Instant started, Duration took, Delivery delivery, Progress progress, HostAttempt attempt, List<String> notes) {
    public AuditEvent {
        notes = List.copyOf(notes);
    }

    /**
     * Delivery of one mail to one next hop.
     *
     * @param mail the mail's name
     * @param envelope the sender, and all recipients at the next hop
     * @param nextHop the destination
     * @param policy the policy that applied, and its source
     */
    public record Delivery(String mail, Envelope envelope, NextHop nextHop, PolicySelection policy) {
    }

    /**
     * Findings about a host, stage by stage; empty from the stage on that was not reached.
     *
     * @param route how the host was found
     * @param discovery the search for its TLSA records
     * @param requirement what the connection had to be
     * @param connection what it was
     */
    public record Progress(Optional<Routing.Route> route, Optional<TlsaDiscovery> discovery, Optional<TlsRequirement> requirement,
            Optional<Connection> connection) {
        /** No findings, not even a host. */
        public static final Progress NONE = new Progress(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        /** A host of this route, of which no more is known. */
        public static Progress on(Routing.Route route) {
            return new Progress(Optional.of(route), Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** The same host with its TLSA records, and the requirement that follows. */
        public Progress judged(TlsaDiscovery found, TlsRequirement required) {
            return new Progress(route, Optional.of(found), Optional.of(required), connection);
        }

        /** The same host, at the end of a connection to it. */
        public Progress connected(Connection made) {
            return new Progress(route, discovery, requirement, Optional.of(made));
        }
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
