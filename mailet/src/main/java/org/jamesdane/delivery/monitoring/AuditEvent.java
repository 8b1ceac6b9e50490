/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.routing.Asked;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsRules;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.SmtpFailure;

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
     * @param pass the pass of an audit; the first one with any other policy
     * @param asked the questions about this next hop so far with their answers; a view, of which later hosts add to the end
     * @param route how the host was found
     * @param discovery the search for its TLSA records
     * @param requirement what the connection had to be
     * @param connection what it was
     * @param sts the part of MTA-STS in it
     */
    public record Progress(Pass pass, List<Asked> asked, Optional<Routing.Route> route, Optional<TlsaDiscovery> discovery,
            Optional<TlsRequirement> requirement, Optional<Connection> connection, Optional<Sts> sts) {
        /** No findings, not even a host. */
        public static final Progress NONE = of(Pass.FIRST, List.of());

        /** No findings but what was asked. */
        public static Progress of(Pass pass, List<Asked> asked) {
            return new Progress(pass, asked, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** A host of this route, of which no more is known. */
        public Progress on(Routing.Route found) {
            return new Progress(pass, asked, Optional.of(found), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** The same host with its TLSA records, the requirement that follows, and the part of MTA-STS in it. */
        public Progress judged(TlsaDiscovery found, TlsRequirement required, Sts part) {
            return new Progress(pass, asked, route, Optional.of(found), Optional.of(required), connection, Optional.of(part));
        }

        /** The same host, at the end of a connection to it. */
        public Progress connected(Connection made) {
            return new Progress(pass, asked, route, discovery, requirement, Optional.of(made), sts);
        }

        /** The same host, with the failure that an MTA-STS policy in mode {@code testing} finds in the connection. */
        public Progress tested(Optional<HostFailure> failure) {
            return new Progress(pass, asked, route, discovery, requirement, connection, sts.map(part -> part.tested(failure)));
        }
    }

    /**
     * The part of MTA-STS in an attempt.
     *
     * @param discovery the policy that applies, or why none does
     * @param part its part in the requirement
     * @param tested the failure to report where the policy is in mode {@code testing} (RFC 8461 §5); the mail goes all the same
     */
    public record Sts(StsDiscovery discovery, StsRules.Part part, Optional<HostFailure> tested) {
        private Sts tested(Optional<HostFailure> failure) {
            return failure.isPresent() ? new Sts(discovery, part, failure) : this;
        }
    }

    /**
     * The connection of an attempt.
     *
     * @param address the peer
     * @param channel how it was protected at the end; empty if the dialogue never began
     * @param reused whether it has carried another mail before
     * @param grouped whether the mail's commands went with the end of the mail before
     * @param opening how long it took to connect, greet and protect it; nothing for one that was reused
     * @param check whether that met the requirement; empty if it was not asked
     * @param session what else is known of it
     */
    public record Connection(InetSocketAddress address, Optional<Channel> channel, boolean reused, boolean grouped, Duration opening,
            Optional<ChannelCheck> check, Session session) {
    }

    /**
     * Session of an SMTP connection, as TLS reports tell of it (RFC 8460 §4.4).
     *
     * @param localAddress the address of this server that it went from; empty if no connection came about
     * @param helloLine first line of the host's last reply to EHLO or HELO, which begins with its name for itself
     * @param gaveUpTls failure of TLS on an earlier connection, for which the mail goes in clear text where TLS is not required
     */
    public record Session(Optional<InetAddress> localAddress, Optional<String> helloLine, Optional<SmtpFailure> gaveUpTls) {
    }

    /** Pass over the hosts, of the policy {@code audit} or of an audit of MTA-STS. */
    public enum Pass {
        /** The pass that counts. */
        FIRST,
        /** The pass without DANE, or without MTA-STS alone, after what that would have held back was recorded (RFC 7672 §9.1). */
        SECOND
    }
}
