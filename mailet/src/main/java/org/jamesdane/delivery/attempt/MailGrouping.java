/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.delivery.discovery.HostDiscovery;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.Succession;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.NextMail;
import org.jamesdane.smtp.PooledConnection;
import org.jamesdane.smtp.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups across mails at one address of a host: the end of one mail with the commands of the next (RFC 2920 §3.1).
 *
 * <p>A follower goes to the same next hop under the same policy and wishes. So the requirement of the mail before is its own.
 * The channel is checked for it before its commands are written. Its own attempt looks everything up again, and checks the channel against
 * what it finds, before a word of its content is written.
 */
final class MailGrouping {
    private static final Logger LOGGER = LoggerFactory.getLogger(MailGrouping.class);

    private final DeliveryContext context;
    private final OutboundMail mail;
    private final HostDiscovery.Judged judged;
    private final InetSocketAddress address;
    private final boolean allowed;

    /**
     * Takes what it works with.
     *
     * @param terms tell whether the mail's own follower would come to this host first
     */
    MailGrouping(DeliveryContext context, OutboundMail mail, HostDiscovery.Judged judged, InetSocketAddress address, DialogueTerms terms) {
        this.context = context;
        this.mail = mail;
        this.judged = judged;
        this.address = address;
        this.allowed = terms.leading();
    }

    /** Asks for the mail whose commands go with the end of this one over the connection; to be used by the delivery's thread. */
    Supplier<Optional<NextMail>> behind(PooledConnection open) {
        return () -> follower(open);
    }

    private Optional<NextMail> follower(PooledConnection open) {
        if (!allowed || !context.pool().mailGroups().mayBeSent(host(), address) || !open.mayCarryAnother()) {
            return Optional.empty();
        }
        Optional<? extends OutboundMail> next = mail.succession().follower();
        if (next.isEmpty() || !isAlike(next.get())) {
            return Optional.empty();
        }
        try {
            return next.get().refusal().isEmpty() ? next(open, next.get()) : Optional.empty();
        } catch (MailAccessException e) {
            LOGGER.error("{}; the mail does not follow another", e.getMessage(), e);
            return Optional.empty();
        }
    }

    private Optional<NextMail> next(PooledConnection open, OutboundMail next) throws MailAccessException {
        Instant now = context.clock().instant();
        return judged.decision().holdsAt(now)
            && ChannelCheck.of(judged.requirement(), open.connection().channel(), now) instanceof ChannelCheck.Permitted given
            ? Optional.of(new NextMail(given.permit(), next.envelope(), next.content())) : Optional.empty();
    }

    /** Tests whether a mail has the same next hop and the same policy as this one, and nothing that changes the requirement. */
    private boolean isAlike(OutboundMail next) {
        return next.demand().equals(mail.demand()) && next.tlsWish() == mail.tlsWish() && mail.tlsWish() != SenderTlsPreference.REQUIRED
            && !next.envelope().requireTls() && !mail.envelope().requireTls()
            && (!context.settings().gateways().isEmpty() || isForOneDomain(next.envelope()));
    }

    private boolean isForOneDomain(Envelope envelope) {
        String domain = domain(mail.envelope().recipients().get(0));
        return envelope.recipients().stream().allMatch(recipient -> domain(recipient).equals(domain));
    }

    private static String domain(Recipient recipient) {
        return recipient.domain().toLowerCase(Locale.ROOT);
    }

    /** Leaves the connection to the follower whose commands went over it. A host that took the group badly gets none for a day. */
    void ended(PooledConnection open) {
        if (open.connection().hasBegun()) {
            mail.succession().follower().ifPresent(next -> next.succession().reserve(new Succession.Reserved(host(), open.passOn())));
        } else if (open.connection().groupFailed()) {
            refused("closed the connection within a group, or gave replies that do not fit");
        }
    }

    /** Notes that the host took a group badly. */
    void refused(String how) {
        refused(context, judged.requirement().host(), address, how);
    }

    /** Notes that a host took a group badly. */
    static void refused(DeliveryContext context, MxHost host, InetSocketAddress address, String how) {
        if (context.pool().mailGroups().refused(host.toString(), address)) {
            context.metrics().count(MetricNames.GROUPS_REFUSED);
            LOGGER.info("The host {} at {} {}; for a day each mail to it waits for the end of the one before", host, address, how);
        }
    }

    /** The connection that the mail before left to this one; empty if that is of another kind than this address needs. */
    Optional<PooledConnection> reserved(HostConnector opener, Optional<Credentials> credentials) {
        boolean fits = mail.succession().reserved().filter(left -> left.host().equals(host())
            && left.connection().key().equals(opener.key(credentials))).isPresent();
        return fits ? mail.succession().take() : Optional.empty();
    }

    private String host() {
        return judged.requirement().host().toString();
    }

    /**
     * Order of equals for a mail whose commands were sent already: the host that awaits its content comes first. RFC 5321 §5.1 leaves the
     * order of hosts of equal preference to the sender.
     */
    record ReservedFirst(Optional<Succession.Reserved> reserved) {

        /** The route with the awaiting host first among those of the best preference, if it is one of them. */
        Routing.Route of(Routing.Route route) {
            List<MxHost> hosts = new ArrayList<>(route.hosts());
            Optional<MxHost> awaiting = route.levels().get(0).stream().filter(host -> reserved
                .filter(left -> left.host().equals(host.toString())).isPresent()).findFirst();
            awaiting.ifPresent(host -> {
                hosts.remove(host);
                hosts.add(0, host);
            });
            return new Routing.Route(route.nextHop(), route.kind(), route.expanded(), route.security(), hosts, route.notes());
        }

        /** The addresses of a host with the awaiting one first, if it is one of them. */
        List<InetAddress> of(List<InetAddress> addresses) {
            List<InetAddress> order = new ArrayList<>(addresses);
            reserved.map(left -> left.connection().key().endpoint().address().getAddress()).filter(order::remove)
                .ifPresent(address -> order.add(0, address));
            return order;
        }

        /** Tests whether each mail to the next hop may come to this host first. */
        static boolean comesFirst(NextHop nextHop, Routing.Route route, MxHost host, DeliverySettings settings) {
            boolean first = !nextHop.gateway() || settings.gateways().size() == 1
                || (settings.gateways().get(0).equals(nextHop) && !settings.gatewayOptions().loadBalancing());
            return first && route.levels().get(0).contains(host);
        }
    }
}
