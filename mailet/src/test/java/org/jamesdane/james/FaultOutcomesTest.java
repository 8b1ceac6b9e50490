/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.FailureNotice.RecipientFailure;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.FaultCase;
import org.jamesdane.smtp.FaultCases;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Need;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every script of the fault suites once more, through the worker, with a mail at the end of its life: each recipient has the outcome that
 * the dialogue gives him, and the reason stands in the audit line and in the bounce.
 */
class FaultOutcomesTest {
    private static final Logger LOGGER = LoggerFactory.getLogger(FaultOutcomesTest.class);
    private static final Duration LIFETIME = Duration.ofDays(5);
    /** Most scripts wait for each other's silence, so that several at a time cost hardly more than one. */
    private static final int AT_ONCE = 8;
    /** {@code host: ProtocolViolation@BANNER:554}, {@code interrupted: Timeout@DATA (closed)} */
    private static final Pattern FAILURE = Pattern.compile("(?:host|interrupted|uncertain): (\\w+)@([A-Z_]+)(?::([0-9]+))?");
    /** {@code bob=RCPT:550:permanent}, {@code carol=250} */
    private static final Pattern DECIDED = Pattern.compile("(bob|carol)=(?:([A-Z_]+):)?([0-9]{3})");

    /** Results of a mail: who got it, who did not and why, and the audit lines. */
    private record Met(Set<String> delivered, List<RecipientFailure> failed, String bounce, List<String> lines, boolean done) {
        private Optional<RecipientFailure> failure(String name) {
            return failed.stream().filter(failure -> failure.recipient().startsWith(name)).findFirst();
        }
    }

    @Test
    @Timeout(240)
    void shouldTellEachRecipientsReasonInAuditLineAndBounce() throws Exception {
        List<FaultCase> cases = FaultCases.all();
        List<String> wrong = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try (SocketSmtpConnector connector = new SocketSmtpConnector()) {
            List<Callable<List<String>>> tasks = new ArrayList<>();
            cases.forEach(fault -> tasks.add(() -> problems(fault, run(fault, connector))));
            for (Future<List<String>> done : threads.invokeAll(tasks)) {
                wrong.addAll(done.get());
            }
        } finally {
            threads.shutdownNow();
        }

        LOGGER.info("{} fault scripts went through the worker", cases.size());
        assertThat(cases).hasSizeGreaterThanOrEqualTo(60);
        assertThat(wrong).isEmpty();
    }

    private static Met run(FaultCase fault, SocketSmtpConnector connector) {
        try (ScriptedSmtpServer server = fault.peer().apply(ScriptedSmtpServer.builder()
                .tls(Need.CREDENTIAL.serverContext()).extensions("PIPELINING", "8BITMIME", "SIZE 100000000")).start()) {
            Recorder recorder = new Recorder();
            List<String> lines = new ArrayList<>();
            DeliveryAttempt attempt = new DeliveryAttempt(dns(fault, server), connector, settings(fault, server),
                event -> lines.add(AuditLine.of(event, "validating", false).toJson()), InstantSource.system(), new Random(1));
            DeliveryWorker.Rules rules = new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), LIFETIME), 0);
            new DeliveryWorker<OldMail>(attempt, (mail, recipients, history, delay) -> {
                throw new IllegalStateException("a mail at the end of its life is not deferred");
            }, recorder, rules, InstantSource.system(), new Random(1), time -> false)
                .process(recorder.item(fault.content()), SitePass.FREE);
            return new Met(Set.copyOf(recorder.delivered), List.copyOf(recorder.failed), recorder.text, List.copyOf(lines), recorder.done);
        }
    }

    private static FakeDns dns(FaultCase fault, ScriptedSmtpServer server) {
        FakeDns dns = FakeDns.signed().mx("example.org", Need.NAME.toString()).address(Need.NAME.toString(), server.address().getAddress());
        String owner = "_" + server.port() + "._tcp." + Need.NAME;
        return switch (fault.need()) {
            case DANE_EE -> dns.tlsa(owner, Need.CREDENTIAL.association(3, 1, 1));
            case DANE_TA -> dns.tlsa(owner, Association.of(2, 0, 1, Need.AUTHORITY.certificate()));
            case NONE, MAY, ENCRYPT -> dns;
        };
    }

    private static DeliverySettings settings(FaultCase fault, ScriptedSmtpServer server) {
        Policy policy = switch (fault.need()) {
            case NONE -> Policy.NO_TLS;
            case MAY -> Policy.MAY;
            case ENCRYPT -> Policy.ENCRYPT;
            case DANE_EE, DANE_TA -> Policy.DANE;
        };
        List<NextHop> gateways = fault.login() ? List.of(new NextHop.Host(Need.NAME, server.port())) : List.of();
        DeliverySettings.GatewayOptions options = fault.login()
            ? new DeliverySettings.GatewayOptions(false, true, Authorities.NONE,
                Optional.of(new Credentials("alice", "nobody else's")), false)
            : DeliverySettings.GatewayOptions.PLAIN;
        return new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy, Map.of()),
            new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5), TlsaSearch.InsecureMx.DANE),
            new DeliverySettings.Connection(server.port(), false, "client.example", BindAddresses.ANY, fault.patience(), TlsOffer.DEFAULT),
            gateways, options, EightBitConversion.BOUNCE);
    }

    /** Errors of the result; a script may have several right results. */
    private static List<String> problems(FaultCase fault, Met met) {
        List<String> problems = new ArrayList<>();
        for (String expected : fault.expected()) {
            List<String> found = problems(expected, fault, met);
            if (found.isEmpty()) {
                return List.of();
            }
            problems.addAll(found);
        }
        return problems.stream().map(problem -> fault + ": " + problem + "; " + met).toList();
    }

    private static List<String> problems(String expected, FaultCase fault, Met met) {
        List<String> problems = new ArrayList<>();
        if (!met.done()) {
            problems.add("the mail is still in the queue");
        }
        Optional<Reason> rest = rest(expected);
        if (fault.need() == Need.MAY && rest.filter(Reason::isOfTls).isPresent() && met.delivered().size() == 2) {
            // RFC 7672 §2.2: without a requirement the mail goes in clear text after all.
            return problems;
        }
        Map<String, String> replies = decided(expected);
        for (Recipient recipient : FaultCases.RECIPIENTS) {
            String name = recipient.toString().replaceFirst("@.*", "");
            String reply = replies.getOrDefault(name, "");
            if (reply.equals("250")) {
                if (!met.delivered().contains(recipient.toString())) {
                    problems.add(name + " should have got it");
                }
                continue;
            }
            if (reply.startsWith("RCPT:552:temporary") && met.delivered().contains(recipient.toString())) {
                // RFC 5321 §4.5.3.1.10: one too many for this transaction gets it in the next.
                continue;
            }
            if (met.delivered().contains(recipient.toString()) || met.failure(name).isEmpty()) {
                problems.add(name + " should not have got it, and be told of");
            } else if (!reply.isEmpty()) {
                problems.addAll(missing(reply, met, met.failure(name).get()));
            } else {
                if (rest.filter(reason -> reason.code().isEmpty()).isPresent() && met.failure(name).get().diagnostic().isPresent()) {
                    // RFC 3464 §2.3.6: what this server decided by itself is no host's reply.
                    problems.add(name + " is told of a reply that no host gave");
                }
                for (String word : rest.map(Reason::words).orElse(List.of())) {
                    problems.addAll(missing(word, met, met.failure(name).get()));
                }
            }
        }
        return problems;
    }

    private static List<String> missing(String word, Met met, RecipientFailure failure) {
        List<String> missing = new ArrayList<>();
        if (met.lines().stream().noneMatch(line -> line.contains(word))) {
            missing.add("no audit line says \"" + word + "\"");
        }
        if (!met.bounce().contains(word) || !failure.text().contains(word)) {
            missing.add("the bounce does not say \"" + word + "\"");
        }
        return missing;
    }

    private static Map<String, String> decided(String expected) {
        Map<String, String> replies = new java.util.TreeMap<>();
        Matcher decided = DECIDED.matcher(expected);
        while (decided.find()) {
            replies.put(decided.group(1), decided.group(3));
        }
        return replies;
    }

    /** Reason for which recipients got nothing although the host said nothing of them. */
    private static Optional<Reason> rest(String expected) {
        Matcher failure = FAILURE.matcher(expected);
        if (failure.find()) {
            return Optional.of(new Reason(failure.group(1), failure.group(2), Optional.ofNullable(failure.group(3))));
        }
        return expected.startsWith("not ") ? Optional.of(new Reason(expected.replaceFirst(".*: (\\w+).*", "$1"), "", Optional.empty()))
            : Optional.empty();
    }

    /** A failure as the suites write it. */
    private record Reason(String kind, String phase, Optional<String> code) {
        private boolean isOfTls() {
            return phase.equals("STARTTLS") || phase.equals("TLS_HANDSHAKE");
        }

        /** Words that a sentence about the outcome has to contain. */
        private List<String> words() {
            return switch (kind) {
                case "StartTlsNotOffered" -> List.of("does not offer STARTTLS");
                case "StartTlsRefused" -> List.of("refused STARTTLS");
                case "AuthNotOffered" -> List.of("neither AUTH PLAIN nor AUTH LOGIN");
                case "AuthRefused" -> List.of("refused the credentials");
                case "InjectedPlaintext" -> List.of("as an attacker would inject it");
                case "NOT_AUTHENTICATED" -> List.of("no TLSA record matches");
                case "NeedsSevenBit" -> List.of("8BITMIME");
                case "TooLarge" -> List.of("the host takes at most");
                default -> code.map(number -> List.of(FaultCases.words(phase), number)).orElseGet(() -> List.of(FaultCases.words(phase)));
            };
        }
    }

    private static final class Recorder implements OutcomeListener<OldMail> {
        private final List<String> delivered = new ArrayList<>();
        private final List<RecipientFailure> failed = new ArrayList<>();
        private String text = "";
        private boolean done;

        @Override
        public void delivered(OldMail mail, List<Recipient> recipients, SecurityLabel label) {
            recipients.forEach(recipient -> delivered.add(recipient.toString()));
        }

        @Override
        public void failed(OldMail mail, List<Recipient> recipients, FailureNotice notice) {
            failed.addAll(notice.recipients());
            text = notice.text();
        }

        private QueuedMail<OldMail> item(MessageContent content) {
            return new QueuedMail<>() {
                @Override
                public OldMail mail() {
                    return new OldMail(content);
                }

                @Override
                public void finish() {
                    done = true;
                }

                @Override
                public void requeue() {
                    text = "put back";
                }
            };
        }
    }

    /** A mail that has been tried for so long that nothing defers it any more. */
    private record OldMail(MessageContent content) implements OutboundMail {
        @Override
        public String name() {
            return "old-mail";
        }

        @Override
        public Envelope envelope() {
            return Envelope.of(Optional.of(MailPath.of("alice@sender.example")), FaultCases.RECIPIENTS);
        }

        @Override
        public MessageContent sevenBitContent() {
            return content;
        }

        @Override
        public MailHistory history() {
            Instant now = Instant.now();
            return new MailHistory(Optional.of(new MailAge(now.minus(LIFETIME), now, Optional.empty())), 3, Optional.empty(),
                Optional.empty());
        }

        @Override
        public Optional<Policy> demand() {
            return Optional.empty();
        }
    }
}
