/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.pkix.RecordVerdict;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.tlsa.TlsaAssociation;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.trace.Labels;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.BlamedMail;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsRules;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.text.AddressDomain;
import org.jamesdane.text.JsonText;

/**
 * Line of the audit log. Text from a host or the DNS is escaped and cut. It cannot begin a new line, turn the direction of writing, or make
 * the line long.
 */
final class AuditLine {
    /** Raised with every change that a reader of the lines could stumble over. */
    static final int SCHEMA = 3;
    /** Characters of one text as written; replies and sentences in use have a third of it. */
    static final int MAX_TEXT = 500;
    /** Characters written for one outside of printable ASCII. */
    private static final int ESCAPED = 6;
    /** Entries of one list. */
    static final int MAX_ENTRIES = 20;
    /** The enhanced code behind the code of a reply (RFC 2034 §4). */
    private static final Pattern ENHANCED = Pattern.compile("\\d{3}[ -]([245]\\.\\d{1,3}\\.\\d{1,3})\\b.*", Pattern.DOTALL);
    /** Fields that are enough to show that, and how, a mail was delivered. */
    private static final Set<AuditField> OF_SUCCESS = Set.of(AuditField.SCHEMA, AuditField.TIME, AuditField.MAIL, AuditField.NEXT_HOP,
        AuditField.HOST, AuditField.ADDRESS, AuditField.POLICY, AuditField.ROUTE_SECURITY, AuditField.STS, AuditField.STS_POLICY,
        AuditField.TLS, AuditField.CIPHER,
        AuditField.GROUP, AuditField.KEY, AuditField.RAW_PUBLIC_KEY, AuditField.FORWARD_SECRECY,
        AuditField.CERTIFICATE, AuditField.SPKI, AuditField.SECURITY, AuditField.NAMED_BY,
        AuditField.MATCHED, AuditField.MATCHED_NAME, AuditField.ACCEPTED,
        AuditField.REPLY);

    private final Map<AuditField, Object> values = new LinkedHashMap<>();

    private AuditLine() {
    }

    /**
     * The line of an event.
     *
     * @param resolverMode who validates: {@code validate} or {@code trust-ad}
     * @param addresses whether the addresses of people are in it
     */
    static AuditLine of(AuditEvent event, String resolverMode, boolean addresses) {
        AuditLine line = new AuditLine();
        line.put(AuditField.SCHEMA, SCHEMA);
        line.put(AuditField.TIME, event.started().toString());
        line.put(AuditField.MILLIS, event.took().toMillis());
        line.put(AuditField.MAIL, event.delivery().mail());
        line.envelope(event.delivery().envelope(), addresses);
        line.put(AuditField.NEXT_HOP, event.delivery().nextHop().toString());
        line.put(AuditField.HOST, event.attempt().host());
        line.put(AuditField.POLICY, event.delivery().policy().policy().toString());
        line.put(AuditField.POLICY_SOURCE, event.delivery().policy().source());
        if (event.delivery().policy().policy().dane() == Policy.Dane.AUDIT || event.progress().pass() == AuditEvent.Pass.SECOND) {
            line.put(AuditField.PASS, Labels.of(event.progress().pass()));
        }
        line.put(AuditField.RESOLVER_MODE, resolverMode);
        event.progress().route().ifPresent(route -> {
            line.put(AuditField.ROUTE, Labels.of(route.kind()));
            line.put(AuditField.ROUTE_SECURITY, Labels.of(route.security()));
        });
        event.progress().discovery().ifPresent(line::discovery);
        event.progress().sts().ifPresent(line::sts);
        event.progress().requirement().ifPresent(requirement -> {
            line.put(AuditField.REQUIREMENT, Labels.of(requirement));
            requirement.serverName().ifPresent(name -> line.put(AuditField.SERVER_NAME, name.toString()));
        });
        event.progress().connection().ifPresent(line::connection);
        line.attempt(event.attempt());
        line.put(AuditField.NOTES, event.notes());
        return line;
    }

    /** The line of a failure on this server that is a mail's own. */
    static AuditLine of(BlamedMail blamed, boolean addresses) {
        AuditLine line = new AuditLine();
        line.put(AuditField.SCHEMA, SCHEMA);
        line.put(AuditField.TIME, blamed.at().toString());
        line.put(AuditField.MAIL, blamed.mail());
        line.envelope(blamed.envelope(), addresses);
        line.put(AuditField.OUTCOME, "blamed");
        line.put(AuditField.FAILURE, Labels.of(blamed.step()));
        line.put(AuditField.FAILURES, blamed.failures());
        line.put(AuditField.TEXT, blamed.text());
        return line;
    }

    /** Tests whether a host took the mail for someone. */
    boolean isSuccess() {
        return values.get(AuditField.ACCEPTED) instanceof Integer accepted && accepted > 0;
    }

    /** All of it, as JSON. */
    String toJson() {
        return json(values.keySet());
    }

    /** Converts to JSON what shows the success of a delivery; nothing of the message's headers or its people. */
    String toSuccessJson() {
        return json(OF_SUCCESS);
    }

    private String json(Collection<AuditField> fields) {
        Map<String, Object> tree = new LinkedHashMap<>();
        values.forEach((field, value) -> {
            if (fields.contains(field)) {
                tree.put(field.toString(), value);
            }
        });
        return JsonText.of(tree);
    }

    private void put(AuditField field, String text) {
        values.put(field, cut(text));
    }

    private void put(AuditField field, long number) {
        values.put(field, number);
    }

    private void put(AuditField field, int number) {
        values.put(field, number);
    }

    private void put(AuditField field, List<String> texts) {
        if (!texts.isEmpty()) {
            List<String> some = new ArrayList<>(texts.stream().limit(MAX_ENTRIES).map(AuditLine::cut).toList());
            if (texts.size() > MAX_ENTRIES) {
                some.add("and " + (texts.size() - MAX_ENTRIES) + " more");
            }
            values.put(field, some);
        }
    }

    private static String cut(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c < ' ' || c >= 0x7f ? ESCAPED : 1;
            if (length > MAX_TEXT) {
                return text.substring(0, i) + "...";
            }
        }
        return text;
    }

    private void envelope(Envelope envelope, boolean addresses) {
        Optional<String> sender = envelope.sender().map(Object::toString);
        List<String> recipients = envelope.recipients().stream().map(Object::toString).toList();
        sender.ifPresent(address -> put(AuditField.SENDER_DOMAIN, AddressDomain.of(address)));
        put(AuditField.RECIPIENT_DOMAINS, recipients.stream().map(AddressDomain::of).distinct().toList());
        put(AuditField.RECIPIENTS, recipients.size());
        if (addresses) {
            sender.ifPresent(address -> put(AuditField.SENDER, address));
            put(AuditField.RECIPIENT_ADDRESSES, recipients);
        }
    }

    private void discovery(TlsaDiscovery discovery) {
        put(AuditField.TLSA, Labels.of(discovery));
        if (discovery instanceof TlsaDiscovery.Usable usable) {
            put(AuditField.BASE_DOMAIN, usable.base().toString());
        } else if (discovery instanceof TlsaDiscovery.Unusable unusable) {
            put(AuditField.BASE_DOMAIN, unusable.base().toString());
        } else if (discovery instanceof TlsaDiscovery.LookupFailed failed) {
            put(AuditField.BASE_DOMAIN, failed.base().toString());
        }
    }

    /** Nothing where MTA-STS is switched off for all. */
    private void sts(AuditEvent.Sts sts) {
        StsDiscovery discovery = sts.discovery();
        if (discovery instanceof StsDiscovery.Found found && !found.kept().isForgotten()) {
            put(AuditField.STS, found.mode().toString());
            if (found.excepted()) {
                put(AuditField.STS_WHY, "exception");
            }
            put(AuditField.STS_POLICY, found.kept().id());
            put(AuditField.STS_FETCHED, found.kept().fetched().toString());
        } else if (discovery instanceof StsDiscovery.None none) {
            put(AuditField.STS, "no-policy");
            put(AuditField.STS_WHY, Labels.of(none.why()));
        } else if (discovery instanceof StsDiscovery.NotAsked none && none.why() != StsDiscovery.NotAskedBecause.OFF) {
            put(AuditField.STS, "not-asked");
            put(AuditField.STS_WHY, Labels.of(none.why()));
        } else if (discovery instanceof StsDiscovery.Found) {
            put(AuditField.STS, "no-policy");
            put(AuditField.STS_WHY, "forgotten");
        } else if (discovery instanceof StsDiscovery.Unreadable) {
            put(AuditField.STS, "unreadable");
        }
        if (sts.part() != StsRules.Part.NONE) {
            put(AuditField.STS_PART, Labels.of(sts.part()));
        }
        sts.tested().ifPresent(failure -> {
            put(AuditField.STS_FAILURE, Labels.of(failure.kind()));
            put(AuditField.STS_TEXT, failure.sentence());
        });
    }

    private void connection(AuditEvent.Connection connection) {
        put(AuditField.ADDRESS, connection.address().getAddress().getHostAddress());
        put(AuditField.PORT, connection.address().getPort());
        connection.session().localAddress().ifPresent(local -> put(AuditField.LOCAL_ADDRESS, local.getHostAddress()));
        values.put(AuditField.REUSED, connection.reused());
        if (connection.grouped()) {
            values.put(AuditField.GROUPED, true);
        }
        values.put(AuditField.OPEN_MILLIS, connection.opening().toMillis());
        connection.channel().flatMap(Channel::tls).ifPresent(tls -> {
            put(AuditField.TLS, tls.protocol());
            put(AuditField.CIPHER, tls.cipherSuite());
            tls.strength().group().ifPresent(group -> put(AuditField.GROUP, group));
            put(AuditField.KEY_EXCHANGE, Labels.of(tls.strength().keyExchange()));
            put(AuditField.KEY, tls.strength().key());
            values.put(AuditField.FORWARD_SECRECY, tls.strength().forwardSecrecy());
            tls.peerChain().stream().findFirst().ifPresent(leaf -> {
                values.put(AuditField.RAW_PUBLIC_KEY, leaf.isRawPublicKey());
                digest(leaf, TlsaUsability.CERT).ifPresent(hex -> put(AuditField.CERTIFICATE, hex));
                digest(leaf, TlsaUsability.SPKI).ifPresent(hex -> put(AuditField.SPKI, hex));
            });
        });
        connection.check().ifPresent(this::check);
    }

    private static Optional<String> digest(PeerCertificate leaf, int selector) {
        return TlsaAssociation.of(leaf, TlsaUsability.DANE_EE, selector, TlsaUsability.SHA2_256)
            .map(tlsa -> HexFormat.of().formatHex(tlsa.associationData()));
    }

    private void check(ChannelCheck check) {
        if (check instanceof ChannelCheck.Permitted permitted) {
            put(AuditField.SECURITY, permitted.label().toString());
            permitted.permit().namedBy().ifPresent(proof -> put(AuditField.NAMED_BY, proof.toString()));
            permitted.match().ifPresent(match -> {
                put(AuditField.MATCHED, match.record().toString());
                put(AuditField.MATCHED_DEPTH, match.depth());
                match.name().ifPresent(name -> put(AuditField.MATCHED_NAME, name.toString()));
            });
        } else if (check instanceof ChannelCheck.Refused refused) {
            put(AuditField.VERDICTS, refused.verdicts().stream().map(RecordVerdict::toString).toList());
        }
    }

    private void attempt(HostAttempt attempt) {
        if (attempt instanceof HostAttempt.Failed failed) {
            put(AuditField.OUTCOME, "failed");
            failure(failed.failure());
        } else if (attempt instanceof HostAttempt.Transacted done) {
            put(AuditField.OUTCOME, "transacted");
            replies(done.replies().values());
        }
    }

    private void failure(HostFailure failure) {
        put(AuditField.FAILURE, Labels.of(failure.kind()));
        failure.reportType().ifPresent(type -> put(AuditField.RESULT_TYPE, type.toString()));
        put(AuditField.CODE, failure.code().toString());
        put(AuditField.TEXT, failure.sentence());
    }

    private void replies(Collection<RecipientReply> replies) {
        List<String> accepted = replies.stream().flatMap(reply -> reply instanceof RecipientReply.Accepted done
            ? Stream.of(done.reply()) : Stream.empty()).toList();
        List<RecipientReply> others = replies.stream().filter(reply -> !(reply instanceof RecipientReply.Accepted)).toList();
        put(AuditField.ACCEPTED, accepted.size());
        accepted.stream().findFirst().ifPresent(reply -> put(AuditField.REPLY, reply));
        others.stream().findFirst().flatMap(AuditLine::code).or(() -> accepted.stream().findFirst().flatMap(AuditLine::code))
            .ifPresent(code -> put(AuditField.CODE, code));
        put(AuditField.REFUSALS, others.stream().map(AuditLine::text).toList());
    }

    private static Optional<String> code(RecipientReply reply) {
        if (reply instanceof RecipientReply.Rejected rejected) {
            return Optional.of(rejected.enhancedCode().toString());
        }
        return reply instanceof RecipientReply.Interrupted interrupted ? Optional.of(interrupted.failure().code().toString())
            : Optional.empty();
    }

    private static Optional<String> code(String reply) {
        Matcher matcher = ENHANCED.matcher(reply);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String text(RecipientReply reply) {
        if (reply instanceof RecipientReply.Rejected rejected) {
            return rejected.code() + " " + rejected.text();
        }
        return reply instanceof RecipientReply.Interrupted interrupted ? interrupted.failure().sentence() : reply.toString();
    }
}
