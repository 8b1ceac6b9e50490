/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.testing.smtp.Protection;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.Session;
import org.jamesdane.tls.TlsOffer;
import org.jamesdane.tls.TlsSettings;

/**
 * Sends mail to a misbehaving peer in the way a delivery does: EHLO, STARTTLS where the requirement wants it, the check of the
 * channel, and only with its permit the mail. Whatever the case expects, it holds the rules that have no exceptions.
 */
final class FaultBench implements AutoCloseable {
    private static final List<String> SECRETS_OF_MAIL = List.of("bob", "carol", "MAIL", "RCPT", "DATA", "nobody else");
    private static final List<String> SECRETS = Stream.concat(SECRETS_OF_MAIL.stream(), Stream.of("alice", "AUTH")).toList();

    private final SocketSmtpConnector connector = new SocketSmtpConnector();

    static Recipient recipient(String address) {
        return Recipient.of(MailPath.of(address));
    }

    /** The envelope of every case. */
    static Envelope envelope() {
        return Envelope.of(Optional.of(MailPath.of("alice@sender.example")),
            List.of(recipient("bob@example.org"), recipient("carol@example.org")));
    }

    /** Runs a case and gives its result in words. */
    String run(FaultCase fault) {
        try (ScriptedSmtpServer server = fault.peer().apply(ScriptedSmtpServer.builder()
                .tls(Need.CREDENTIAL.serverContext()).extensions("PIPELINING", "8BITMIME", "SIZE 100000000")).start()) {
            List<String> results = new ArrayList<>();
            deliver(fault, server, results);
            server.awaitEnd();
            holdInvariants(fault, server, results);
            return String.join(" | ", results);
        }
    }

    private void deliver(FaultCase fault, ScriptedSmtpServer server, List<String> results) {
        TlsRequirement requirement = fault.need().requirement();
        SmtpEndpoint endpoint = new SmtpEndpoint(server.address(), Optional.empty(), "client.example", false,
            new TlsSettings(requirement.serverName(), TlsOffer.DEFAULT, false));
        HeloFallback fallback = requirement.needsTls() ? HeloFallback.NEVER : HeloFallback.ALLOWED;
        try (SmtpConnection connection = connector.open(endpoint, fallback, fault.patience())) {
            secure(connection, fault.need());
            if (fault.login()) {
                Permit permit = ((ChannelCheck.Permitted) ChannelCheck.of(requirement, connection.channel(), Instant.now())).permit();
                connection.authenticate(permit, new Credentials("alice", "nobody else's"),
                    SmtpConnection.AuthenticationChannel.AUTHENTICATED_TLS);
            }
            for (int i = 0; i < fault.mails() && (i == 0 || connection.isReusable()); i++) {
                results.add(send(fault, requirement, connection) + (connection.isReusable() ? " (open)" : " (closed)"));
            }
        } catch (SmtpException e) {
            results.add("host: " + words(e.failure()));
        }
    }

    private static void secure(SmtpConnection connection, Need need) throws SmtpException {
        if (need == Need.NONE || (need == Need.MAY && !connection.capabilities().startTls())) {
            return;
        }
        try {
            connection.startTls();
        } catch (SmtpException e) {
            // RFC 7672 §2.2: without a requirement, refused STARTTLS leaves clear text.
            if (need != Need.MAY || !(e.failure() instanceof SmtpFailure.StartTlsRefused)) {
                throw e;
            }
        }
    }

    private static String send(FaultCase fault, TlsRequirement requirement, SmtpConnection connection) {
        ChannelCheck check = ChannelCheck.of(requirement, connection.channel(), Instant.now());
        if (check instanceof ChannelCheck.Permitted permitted) {
            return words(connection.send(permitted.permit(), envelope(), fault.content()));
        }
        return "not permitted: " + ((ChannelCheck.Refused) check).failure().kind();
    }

    private static void holdInvariants(FaultCase fault, ScriptedSmtpServer server, List<String> results) {
        boolean met = results.stream().noneMatch(result -> result.startsWith("host:") || result.startsWith("not permitted:"));
        for (Session session : server.sessions()) {
            // RFC 7672 §2.2: nothing of a mail over a channel that does not meet the requirement.
            if (!met || fault.need().requirement().needsTls()) {
                assertThat(session.received(Protection.CLEAR)).doesNotContain(SECRETS);
            }
            if (!met) {
                assertThat(session.received(Protection.TLS)).doesNotContain(fault.login() ? SECRETS_OF_MAIL : SECRETS);
                assertThat(session.transactions()).isEmpty();
            }
        }
        long delivered = results.stream().filter(result -> result.contains("=250")).count();
        long uncertain = results.stream().filter(result -> result.startsWith("uncertain:")).count();
        // RFC 5321 §4.2.5: what the host took over and what the client says of it must be the same, but for the moment in between.
        assertThat(server.accepted()).isBetween(delivered, delivered + uncertain);
    }

    static String words(TransactionResult result) {
        if (result instanceof TransactionResult.NotStarted not) {
            return "not started: " + not.reason().getClass().getSimpleName();
        }
        String recipients = words(result.recipients());
        if (result instanceof TransactionResult.Interrupted interrupted) {
            return "interrupted: " + words(interrupted.failure()) + recipients;
        }
        if (result instanceof TransactionResult.Uncertain uncertain) {
            return "uncertain: " + words(uncertain.failure()) + recipients;
        }
        return "completed:" + recipients;
    }

    private static String words(Map<Recipient, RecipientResult> recipients) {
        return recipients.entrySet().stream().map(entry -> " " + entry.getKey().toString().replaceFirst("@.*", "")
            + "=" + words(entry.getValue())).collect(Collectors.joining());
    }

    private static String words(RecipientResult result) {
        if (result instanceof RecipientResult.Accepted accepted) {
            return String.valueOf(accepted.reply().code());
        }
        if (result instanceof RecipientResult.Refused refused) {
            return refused.phase().name() + ":" + refused.reply().code() + (refused.permanent() ? ":permanent" : ":temporary");
        }
        return "left out";
    }

    private static String words(SmtpFailure failure) {
        String where = failure.getClass().getSimpleName() + "@" + failure.phase().name();
        if (failure instanceof SmtpFailure.Rejected rejected) {
            return where + ":" + rejected.reply().code();
        }
        if (failure instanceof SmtpFailure.TlsFailed tls) {
            return where + tls.alert().map(alert -> ":" + alert).orElse("");
        }
        return where;
    }

    @Override
    public void close() {
        connector.close();
    }
}
