/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.outcome.Outcome;

/**
 * The names of all metrics. James's metrics have no labels, so each count has a name of its own. A name never holds a domain, a host or an
 * address. {@code docs/metrics.md} lists them.
 */
public final class MetricNames {
    /** Time that one queue item was worked on; RemoteDelivery's name. */
    public static final String TRIAL = "RemoteDeliveryTrial";
    /** Mails that hosts have taken, one for each attempt with at least one recipient; RemoteDelivery's name. */
    public static final String OUTGOING_MAILS = "outgoingMails";
    /** Time of each DNS lookup, with all that it took to prove the answer. */
    public static final String DNS_TIME = "dane.dns.time";
    /** Time of each STARTTLS with its handshake and the EHLO after it. */
    public static final String TLS_TIME = "dane.tls.time";
    /** Connections opened to hosts. */
    public static final String CONNECTIONS_OPENED = "dane.connections.opened";
    /** Transactions over a connection that had carried one before. */
    public static final String CONNECTIONS_REUSED = "dane.connections.reused";
    /** Mails that a used connection refused as a session, and that went to a fresh one at once. */
    public static final String CONNECTIONS_REFUSED = "dane.connections.refused";
    /** Mails whose commands went with the end of the mail before, over the same connection. */
    public static final String MAILS_GROUPED = "dane.mails.grouped";
    /** Mails whose commands waited for the end of the mail before, or went over a fresh connection. */
    public static final String MAILS_UNGROUPED = "dane.mails.ungrouped";
    /** Hosts that took a group across mails badly, and get none for a day. */
    public static final String GROUPS_REFUSED = "dane.groups.refused";
    /** Attempts at a host that came to a transaction. */
    public static final String HOST_TRANSACTED = "dane.hosts.transacted";
    /** Channels that did not meet the requirement. */
    public static final String TLS_REFUSED = "dane.tls.refused";
    /** Handshakes that failed while the settings offered less than there is. */
    public static final String TLS_NARROWED = "dane.tls.failed-narrowed";
    /** Connections to hosts that showed a raw public key. */
    public static final String TLS_RAW_KEY = "dane.tls.raw-public-key";
    /** Lookups that failed. */
    public static final String DNS_FAILED = "dane.dns.failed";
    /** Failures on this server that were a mail's own. */
    public static final String BLAMED = "dane.mails.blamed";
    private static final String RECIPIENTS = "dane.recipients.";
    private static final String FAILED = "dane.hosts.failed.";
    private static final String REQUIREMENT = "dane.requirement.";
    private static final String TLS = "dane.tls.";
    private static final String TLS_GROUP = "dane.tls.group.";
    private static final String TLS_KEY = "dane.tls.key.";
    private static final String QUEUE_DELAY = "dane.queue.delay.";
    private static final List<String> OUTCOMES = List.of("delivered", "deferred", "bounced", "paused");
    private static final List<String> REQUIREMENTS = List.of("none", "opportunistic", "encrypt", "dane", "pkix", "sts", "host-not-used");
    private static final List<String> GROUPS = List.of("hybrid", "elliptic-curve", "finite-field", "none");
    private static final List<String> KEYS = List.of("rsa", "ecdsa", "eddsa");
    private static final List<String> DELAYS = List.of("10s", "1m", "10m", "1h", "longer");

    private MetricNames() {
    }

    /** Metric for the outcome of a recipient in one attempt; {@code paused} if a fault of ours held the recipient back. */
    public static String recipient(Outcome outcome) {
        if (outcome instanceof Outcome.Deferred deferred) {
            return RECIPIENTS + (deferred.reason().ownFault() ? "paused" : "deferred");
        }
        return RECIPIENTS + (outcome instanceof Outcome.Delivered ? "delivered" : "bounced");
    }

    /** Name of the counter for a kind of failure of hosts. */
    static String failed(FailureKind kind) {
        return FAILED + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Metric for what a connection to a host had to be. */
    static String requirement(TlsRequirement requirement) {
        if (requirement instanceof TlsRequirement.NoTls) {
            return REQUIREMENT + "none";
        }
        if (requirement instanceof TlsRequirement.Opportunistic) {
            return REQUIREMENT + "opportunistic";
        }
        if (requirement instanceof TlsRequirement.Encrypt) {
            return REQUIREMENT + "encrypt";
        }
        if (requirement instanceof TlsRequirement.Dane) {
            return REQUIREMENT + "dane";
        }
        if (requirement instanceof TlsRequirement.Sts) {
            return REQUIREMENT + "sts";
        }
        return REQUIREMENT + (requirement instanceof TlsRequirement.Pkix ? "pkix" : "host-not-used");
    }

    /** Metric for what a connection turned out to be. */
    static String tls(SecurityLabel label) {
        return TLS + label;
    }

    /** The kind of group that a connection's keys were agreed in; none where the host's own key decrypts them. */
    static String tlsGroup(Channel.Strength strength) {
        return TLS_GROUP + switch (strength.keyExchange()) {
            case HYBRID -> "hybrid";
            case ELLIPTIC_CURVE -> "elliptic-curve";
            case FINITE_FIELD -> "finite-field";
            case RSA -> "none";
        };
    }

    /** The kind of key that a host signed the handshake with. */
    static String tlsKey(Channel.Strength strength) {
        return TLS_KEY + (strength.key().startsWith("RSA") ? "rsa" : strength.key().startsWith("Ed") ? "eddsa" : "ecdsa");
    }

    /** Metric for the time between a mail's due time and the work on the mail, by classes. */
    public static String queueDelay(Duration delay) {
        long seconds = delay.toSeconds();
        return QUEUE_DELAY + (seconds < 10 ? "10s" : seconds < 60 ? "1m" : seconds < 600 ? "10m" : seconds < 3600 ? "1h" : "longer");
    }

    /** Names of the metrics that are measured. */
    public static Set<String> timers() {
        return new TreeSet<>(Set.of(TRIAL, DNS_TIME, TLS_TIME));
    }

    /** Names of the metrics that are counted. */
    public static Set<String> counters() {
        Set<String> names = new TreeSet<>(Set.of(OUTGOING_MAILS, DNS_FAILED, TLS_REFUSED, CONNECTIONS_OPENED, CONNECTIONS_REUSED,
            CONNECTIONS_REFUSED, MAILS_GROUPED, MAILS_UNGROUPED, GROUPS_REFUSED, HOST_TRANSACTED, BLAMED, TLS_NARROWED, TLS_RAW_KEY));
        GROUPS.forEach(group -> names.add(TLS_GROUP + group));
        KEYS.forEach(key -> names.add(TLS_KEY + key));
        OUTCOMES.forEach(outcome -> names.add(RECIPIENTS + outcome));
        REQUIREMENTS.forEach(requirement -> names.add(REQUIREMENT + requirement));
        DELAYS.forEach(delay -> names.add(QUEUE_DELAY + delay));
        Arrays.stream(FailureKind.values()).forEach(kind -> names.add(failed(kind)));
        Arrays.stream(SecurityLabel.values()).forEach(label -> names.add(tls(label)));
        return names;
    }

    /** All of them. */
    public static Set<String> all() {
        Set<String> names = new TreeSet<>(counters());
        names.addAll(timers());
        return names;
    }
}
