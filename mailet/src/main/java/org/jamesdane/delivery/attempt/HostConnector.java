/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.smtp.ConnectionKey;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.HeloFallback;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.smtp.SmtpEndpoint;
import org.jamesdane.smtp.SmtpException;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.tls.TlsSettings;

/**
 * Connects to one address of a host, with the protection that its requirement asks for. The check that the requirement is met comes later.
 */
public final class HostConnector {
    private final SmtpConnector connector;
    private final DeliverySettings settings;
    private final TlsRequirement requirement;
    private final InetSocketAddress address;
    private final Timeouts timeouts;
    private final DeliveryMetrics metrics;
    private Optional<SmtpFailure> gaveUpTls = Optional.empty();
    private Optional<SmtpConnection> last = Optional.empty();

    /** Takes what it works with; the address is one of the host that the requirement is for. */
    public HostConnector(SmtpConnector connector, DeliverySettings settings, TlsRequirement requirement, InetSocketAddress address) {
        this(connector, settings, requirement, address, settings.timeouts(), DeliveryMetrics.NONE);
    }

    /**
     * Takes what the other constructor takes, and more for one delivery.
     *
     * @param timeouts how long each step may take
     */
    HostConnector(SmtpConnector connector, DeliverySettings settings, TlsRequirement requirement, InetSocketAddress address,
            Timeouts timeouts, DeliveryMetrics metrics) {
        this.connector = connector;
        this.settings = settings;
        this.requirement = requirement;
        this.address = address;
        this.timeouts = timeouts;
        this.metrics = metrics;
    }

    /**
     * Connects, and starts TLS where it is required or can be had.
     *
     * @throws SmtpException if that did not come about
     */
    public SmtpConnection connect() throws SmtpException {
        if (requirement instanceof TlsRequirement.NoTls) {
            return open();
        }
        if (settings.wrapperTls()) {
            return openTls();
        }
        SmtpConnection first = open();
        boolean ready = false;
        try {
            if (requirement.needsTls() || first.capabilities().startTls()) {
                startTls(first);
            }
            ready = true;
            return first;
        } catch (SmtpException e) {
            Optional<SmtpException> narrowed = byOurOffer(e);
            if (narrowed.isPresent()) {
                metrics.count(MetricNames.TLS_NARROWED);
                throw narrowed.get();
            }
            if (!requirement.needsTls() && isTlsTrouble(e.failure())) {
                gaveUpTls = Optional.of(e.failure());
                first.close();
                // RFC 7672 §2.2: without a commitment to TLS the mail may go in clear; the broken TLS session can't be used for it.
                return open();
            }
            throw e;
        } finally {
            if (!ready) {
                first.close();
            }
        }
    }

    /** TLS from the first octet, which a host may need more for than is offered. */
    private SmtpConnection openTls() throws SmtpException {
        try {
            return open();
        } catch (SmtpException e) {
            Optional<SmtpException> narrowed = byOurOffer(e);
            if (narrowed.isPresent()) {
                metrics.count(MetricNames.TLS_NARROWED);
                throw narrowed.get();
            }
            throw e;
        }
    }

    /** With TLS 1.3 a server refuses a handshake after the client believes it complete: at the first reply under TLS. */
    private void startTls(SmtpConnection connection) throws SmtpException {
        Runnable end = metrics.start(MetricNames.TLS_TIME);
        try {
            connection.startTls();
        } catch (SmtpException e) {
            SmtpFailure failure = e.failure();
            boolean broken = failure instanceof SmtpFailure.TlsFailed || failure instanceof SmtpFailure.ConnectionLost;
            if (failure.phase() == Phase.HELLO && broken) {
                throw new SmtpException(new SmtpFailure.TlsFailed(Phase.TLS_HANDSHAKE, failure.describe(), Optional.empty()), e);
            }
            throw e;
        } finally {
            end.run();
        }
    }

    /**
     * The failure of a handshake that offered less than it could. It may be ours and not the host's, so it leads to no clear text
     * (RFC 7672 §2.2 speaks of hosts that cannot do TLS).
     */
    private Optional<SmtpException> byOurOffer(SmtpException e) {
        List<String> narrowing = settings.tlsOffer().narrowedBy();
        SmtpFailure failure = e.failure();
        if (narrowing.isEmpty() || failure.phase() != Phase.TLS_HANDSHAKE || !isTlsTrouble(failure)) {
            return Optional.empty();
        }
        // Some servers neither say that they want more nor hang up: silence counts as well.
        String text = failure instanceof SmtpFailure.TlsFailed failed ? failed.text() : failure.describe();
        Optional<String> alert = failure instanceof SmtpFailure.TlsFailed failed ? failed.alert() : Optional.empty();
        return Optional.of(new SmtpException(new SmtpFailure.TlsFailed(failure.phase(), text + "; the host may need what "
            + String.join(" and ", narrowing) + " leaves out", alert), e));
    }

    private static boolean isTlsTrouble(SmtpFailure failure) {
        // Plain text behind the answer to STARTTLS is an attack, not a want of TLS; 421 is a shutdown whatever was asked (RFC 5321 §3.8).
        return (failure.phase() == Phase.STARTTLS || failure.phase() == Phase.TLS_HANDSHAKE)
            && !(failure instanceof SmtpFailure.InjectedPlaintext) && !(failure instanceof SmtpFailure.Rejected);
    }

    /** Failure of TLS at the first try, where TLS was not required and the last connection is in clear text for that failure. */
    Optional<SmtpFailure> gaveUpTls() {
        return gaveUpTls;
    }

    /** The connection that was opened last, whether or not it came to TLS; it may be closed. */
    Optional<SmtpConnection> last() {
        return last;
    }

    /** Properties that another connection must share to be used in place of the one that would be opened. */
    ConnectionKey key(Optional<Credentials> credentials) {
        ConnectionKey.TlsUse tls = requirement instanceof TlsRequirement.NoTls ? ConnectionKey.TlsUse.NEVER
            : requirement.needsTls() ? ConnectionKey.TlsUse.ALWAYS : ConnectionKey.TlsUse.IF_OFFERED;
        // Not this attempt's own timeouts: they differ by the time for connecting only.
        return new ConnectionKey(endpoint(), tls, credentials, settings.timeouts());
    }

    /** Tests whether the host has no usable record but 3 1 x: only such a record can match a raw public key (RFC 7671 §5.1). */
    private boolean takesRawKeys() {
        return requirement instanceof TlsRequirement.Dane dane && dane.records().records().stream()
            .allMatch(each -> each.usage() == TlsaUsability.DANE_EE && each.selector() == TlsaUsability.SPKI);
    }

    private SmtpEndpoint endpoint() {
        return new SmtpEndpoint(address, settings.bind().forPeer(address.getAddress()), settings.heloName(),
            settings.wrapperTls(), new TlsSettings(requirement.serverName(), settings.tlsOffer(), takesRawKeys()));
    }

    private SmtpConnection open() throws SmtpException {
        // RFC 5321 §3.2 allows HELO after a refused EHLO; where TLS is required that would be a way around it.
        SmtpConnection open = connector.open(endpoint(), requirement.needsTls() ? HeloFallback.NEVER : HeloFallback.ALLOWED, timeouts);
        last = Optional.of(open);
        metrics.count(MetricNames.CONNECTIONS_OPENED);
        return open;
    }
}
