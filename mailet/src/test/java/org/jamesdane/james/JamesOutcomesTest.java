/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;

import javax.mail.MessagingException;
import javax.mail.Session;
import javax.mail.internet.MimeMessage;
import javax.mail.internet.MimeMultipart;

import org.apache.james.core.MailAddress;
import org.apache.james.queue.api.MailPrioritySupport;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.DsnParameters;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.HostFailureHistory;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.FailureNotice.RecipientFailure;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.SenderPartlyToldException;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SmtpReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notices that James and senders get. */
class JamesOutcomesTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final FailureNotice NOTICE = new FailureNotice(new EnhancedStatusCode(5, 1, 1), OptionalInt.of(550),
        "mx.example.com said: 550 5.1.1 Nobody here.", List.of(
            new RecipientFailure("bob@example.com", "mx.example.com", new EnhancedStatusCode(5, 1, 1), OptionalInt.of(550),
                "550 5.1.1 Nobody here", Optional.of("550 5.1.1 Nobody here")),
            new RecipientFailure("carol@example.com", "mx2.example.com", new EnhancedStatusCode(5, 7, 5), OptionalInt.empty(),
            "no match")));

    /** The mail and the processor it was sent to; empty for the root processor. */
    private record Sent(Mail mail, Optional<String> processor) {
    }

    private final List<Sent> sent = new ArrayList<>();
    /** The number of the mail that James does not take; 0 if it takes all. */
    private int refused;

    private JamesOutcomes outcomes(String... processors) {
        Optional<String> bounce = processors.length > 0 ? Optional.of(processors[0]) : Optional.empty();
        Optional<String> delay = processors.length > 1 ? Optional.of(processors[1]) : Optional.empty();
        return new JamesOutcomes(context(), Optional.of("sent"), bounce, delay,
            new DsnSender("client.example", InstantSource.fixed(NOW), Optional.of("Help is at the desk.")));
    }

    private MailetContext context() {
        return (MailetContext) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {MailetContext.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getPostmaster" -> new MailAddress("postmaster@client.example");
                case "sendMail" -> {
                    if (sent.size() + 1 == refused) {
                        refused = 0;
                        throw new StackOverflowError("a trap");
                    }
                    sent.add(new Sent(((Mail) arguments[0]).duplicate(),
                        arguments.length > 1 ? Optional.of((String) arguments[1]) : Optional.empty()));
                    yield null;
                }
                default -> throw new UnsupportedOperationException(method.getName());
            });
    }

    private static MailImpl mail(DsnParameters.Notify... wishes) throws Exception {
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(
            "From: alice@sender.example\r\nSubject: a secret plan\r\nBcc: eve@example.com\r\n\r\nthe plan itself\r\n".getBytes(UTF_8)));
        MailImpl mail = MailImpl.builder().name("mail-1").sender("alice@sender.example").addRecipient("bob@example.com")
            .addRecipient("carol@example.com").mimeMessage(message).build();
        DsnParameters.Builder dsn = DsnParameters.builder().envId(DsnParameters.EnvId.of("QQ314159")).ret(DsnParameters.Ret.FULL);
        if (wishes.length > 0) {
            dsn.addRcptParameter(new MailAddress("bob@example.com"), DsnParameters.RecipientDsnParameters.of(
                java.util.EnumSet.copyOf(List.of(wishes)), new MailAddress("robert@example.org")));
        }
        mail.setDsnParameters(dsn.build().orElseThrow());
        return mail;
    }

    private static JamesMail outbound(Mail mail) {
        return new JamesMail(mail, JamesEnvelope.of(mail).envelope().orElseThrow(), Optional.empty(), ContentRules.DEFAULT);
    }

    private static List<Recipient> recipients(JamesMail mail) {
        return mail.envelope().recipients();
    }

    private static String text(Mail mail) throws Exception {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        mail.getMessage().writeTo(octets);
        return octets.toString(UTF_8);
    }

    private static Object value(Mail mail, String name) {
        return mail.getAttribute(AttributeName.of(name)).map(Attribute::getValue).<Object>map(AttributeValue::value).orElse("absent");
    }

    @Test
    void shouldGiveTheFailureProcessorHostCodeAndTextOfEachRecipient() throws Exception {
        JamesMail mail = outbound(mail());
        RecipientFailure bob = NOTICE.recipients().get(0);
        FailureNotice same = new FailureNotice(NOTICE.code(), NOTICE.replyCode(), NOTICE.text(), List.of(bob,
            new RecipientFailure("carol@example.com", bob.host(), bob.code(), bob.replyCode(), bob.text(), bob.diagnostic())));
        outcomes("bounces").failed(mail, recipients(mail), same);

        assertThat(sent).singleElement().satisfies(each -> {
            assertThat(each.processor()).contains("bounces");
            assertThat(value(each.mail(), "delivery-error")).isEqualTo(NOTICE.text());
            assertThat(value(each.mail(), "delivery-error-code")).isEqualTo(550);
            assertThat(value(each.mail(), "is-delivery-permanent-error")).isEqualTo(true);
            assertThat(value(each.mail(), "org.jamesdane.enhanced-code")).isEqualTo("5.1.1");
            assertThat(RecipientFailures.decode(each.mail().getAttribute(MailAttributes.FAILURES).orElseThrow()))
                .isEqualTo(same.recipients());
        });
    }

    @Test
    void shouldGiveTheProcessorOneMailForEachDistinctReply() throws Exception {
        JamesMail mail = outbound(mail());
        outcomes("bounces").failed(mail, recipients(mail), NOTICE);

        assertThat(sent).extracting(each -> each.mail().getRecipients().iterator().next().asString())
            .containsExactly("bob@example.com", "carol@example.com");
        assertThat(sent).allSatisfy(each -> {
            RecipientFailure own = RecipientFailures.decode(each.mail().getAttribute(MailAttributes.FAILURES).orElseThrow()).get(0);
            assertThat(each.processor()).contains("bounces");
            assertThat(each.mail().getRecipients()).extracting(MailAddress::asString).containsExactly(own.recipient());
            assertThat(value(each.mail(), "delivery-error")).isEqualTo(own.text());
            assertThat(value(each.mail(), "org.jamesdane.enhanced-code")).isEqualTo(own.code().toString());
        });
        assertThat(value(sent.get(0).mail(), "delivery-error-code")).isEqualTo(550);
        assertThat(value(sent.get(1).mail(), "delivery-error-code")).isEqualTo("absent");
    }

    @Test
    void shouldTellTheProcessorNothingTwiceWhereOneReplyFailed() throws Exception {
        JamesMail mail = outbound(mail());
        refused = 2;
        assertThatThrownBy(() -> outcomes("bounces").failed(mail, recipients(mail), NOTICE))
            .isInstanceOfSatisfying(SenderPartlyToldException.class, e -> assertThat(e.untold()).containsExactly("carol@example.com"));

        outcomes("bounces").failed(mail, recipients(mail).stream().filter(each -> each.toString().startsWith("carol")).toList(), NOTICE);
        assertThat(sent).extracting(each -> each.mail().getRecipients().iterator().next().asString())
            .containsExactly("bob@example.com", "carol@example.com");

        refused = 3;
        assertThatThrownBy(() -> outcomes("bounces").failed(mail, recipients(mail), NOTICE))
            .isInstanceOf(MailAccessException.class).isNotInstanceOf(SenderPartlyToldException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NEVER", "SUCCESS", "DELAY"})
    void shouldTellNothingOfRecipientsWhoseSenderDoesNotWantToHear(DsnParameters.Notify wish) throws Exception {
        // RFC 3461 §5.2.6 (b), §5.2.8
        JamesMail mail = outbound(mail(wish));
        outcomes("bounces").failed(mail, recipients(mail), NOTICE);

        assertThat(sent.get(0).mail().getRecipients()).extracting(MailAddress::asString).containsExactly("carol@example.com");
        assertThat(RecipientFailures.decode(sent.get(0).mail().getAttribute(MailAttributes.FAILURES).orElseThrow()))
            .extracting(RecipientFailure::recipient).containsExactly("carol@example.com");
    }

    @Test
    void shouldSendANotificationOfItsOwnWithoutAProcessor() throws Exception {
        JamesMail mail = outbound(mail(DsnParameters.Notify.FAILURE));
        outcomes().failed(mail, recipients(mail), NOTICE);

        Mail report = sent.get(0).mail();
        assertThat(sent.get(0).processor()).isEmpty();
        assertThat(report.getMaybeSender().isNullSender()).isTrue();
        assertThat(report.getRecipients()).extracting(MailAddress::asString).containsExactly("alice@sender.example");
        assertThat(report.getMessage().getContentType()).contains("multipart/report").contains("report-type=delivery-status");
        MimeMultipart parts = new MimeMultipart(report.getMessage().getDataHandler().getDataSource());
        assertThat(parts.getCount()).isEqualTo(3);
        assertThat(parts.getBodyPart(1).getContentType()).contains("message/delivery-status");
        // RFC 3464 §2.2, §2.3
        assertThat(text(report)).contains("Reporting-MTA: dns; client.example", "Original-Envelope-Id: QQ314159",
            "Original-Recipient: rfc822; robert@example.org", "Final-Recipient: rfc822; bob@example.com", "Action: failed",
            "Status: 5.1.1", "Remote-MTA: dns; mx.example.com", "Diagnostic-Code: smtp; 550 5.1.1 Nobody here",
            "Final-Recipient: rfc822; carol@example.com", "Status: 5.7.5", "Subject: a secret plan",
            "mx.example.com said: 550 5.1.1 Nobody here.", "Auto-Submitted: auto-replied", "Help is at the desk.")
            .doesNotContain("the plan itself", "eve@");
    }

    @Test
    void shouldNotBounceToNobody() throws Exception {
        MailImpl mail = mail();
        mail.setSender(null);
        JamesMail outbound = outbound(mail);

        outcomes().failed(outbound, recipients(outbound), NOTICE);
        outcomes("bounces", "delays").delayed(outbound, recipients(outbound), NOTICE, NOW);
        outcomes().delayed(outbound, recipients(outbound), NOTICE, NOW);
        outcomes().relayed(outbound, List.of(new OutcomeListener.Relay("bob@example.com", "mx.example.com", "250 2.0.0 Taken",
            "250 2.0.0 Taken")));
        assertThat(sent).isEmpty();
    }

    @Test
    void shouldProtectANotificationLikeTheMailItIsAbout() throws Exception {
        // RFC 8689 §5
        MailImpl requiring = mail();
        requiring.setAttribute(new Attribute(AttributeName.of("REQUIRETLS"), AttributeValue.of(true)));
        JamesMail mail = outbound(requiring);

        outcomes().failed(mail, recipients(mail), NOTICE);
        assertThat(value(sent.get(0).mail(), "REQUIRETLS")).isEqualTo(true);
        outcomes("bounces").failed(mail, recipients(mail), NOTICE);
        assertThat(value(sent.get(1).mail(), "REQUIRETLS")).isEqualTo(true);
        assertThat(sent.get(1).mail().dsnParameters().flatMap(DsnParameters::getRetParameter)).contains(DsnParameters.Ret.HDRS);
        assertThat(sent.get(1).mail().dsnParameters().flatMap(DsnParameters::getEnvIdParameter)).isPresent();
    }

    @Test
    void shouldHandADelayedMailToItsProcessorAsOneThatIsStillTried() throws Exception {
        JamesMail mail = outbound(mail());
        FailureNotice notice = new FailureNotice(EnhancedStatusCode.NOT_AUTHENTICATED, OptionalInt.empty(), "Not delivered yet");
        outcomes("bounces", "delays").delayed(mail, recipients(mail), notice, NOW);

        assertThat(sent).singleElement().satisfies(each -> {
            assertThat(each.processor()).contains("delays");
            assertThat(value(each.mail(), "delivery-error")).isEqualTo("Not delivered yet");
            assertThat(value(each.mail(), "is-delivery-permanent-error")).isEqualTo(false);
            assertThat(value(each.mail(), "org.jamesdane.enhanced-code")).isEqualTo("4.7.5");
            assertThat(value(each.mail(), "org.jamesdane.retried-until")).isEqualTo(NOW.toString());
        });
    }

    @Test
    void shouldTellOfDelayItselfWithoutAProcessor() throws Exception {
        JamesMail mail = outbound(mail());
        outcomes("bounces").delayed(mail, recipients(mail), NOTICE, NOW);

        assertThat(sent.get(0).processor()).isEmpty();
        assertThat(text(sent.get(0).mail())).contains("Action: delayed", "Will-Retry-Until: Sun, 1 Nov 2026 12:00:00 +0000",
            "It is still tried", "Subject: Delayed mail").doesNotContain("the plan itself");
    }

    @Test
    void shouldReportAMailThatAHostTookWhichDoesNotNotify() throws Exception {
        JamesMail mail = outbound(mail(DsnParameters.Notify.SUCCESS));
        SmtpReply reply = new SmtpReply(250, List.of("2.0.0 Gr??e"), List.of("2.0.0 Gr\u00fc\u00dfe"));
        outcomes("bounces").relayed(mail,
            List.of(new OutcomeListener.Relay("bob@example.com", "mx.example.com", reply.toString(), reply.diagnostic())));

        Mail report = sent.get(0).mail();
        assertThat(report.getRecipients()).extracting(MailAddress::asString).containsExactly("alice@sender.example");
        assertThat(text(report)).contains("Action: relayed", "Status: 2.0.0", "Final-Recipient: rfc822; bob@example.com",
            "Diagnostic-Code: smtp; 250 2.0.0 Gr\\x{FC}\\x{DF}e", "mx.example.com said: 250 2.0.0 Gr??e")
            .doesNotContain("carol@example.com", "the plan itself");
    }

    @Test
    void shouldHandDeliveredMailToOnSuccessWithItsSecurity() throws Exception {
        JamesMail mail = outbound(mail());
        outcomes().delivered(mail, recipients(mail).subList(0, 1), SecurityLabel.VERIFIED);

        assertThat(sent).singleElement().satisfies(each -> {
            assertThat(each.processor()).contains("sent");
            assertThat(each.mail().getRecipients()).extracting(MailAddress::asString).containsExactly("bob@example.com");
            assertThat(value(each.mail(), "org.jamesdane.security")).isEqualTo("verified");
        });
    }

    @Test
    void shouldKeepTheWholeHistoryInTheMail() throws Exception {
        MailImpl mail = mail();
        HostFailureHistory hosts = HostFailureHistory.decode(
            "mx1\tHANDSHAKE\t2026-10-30T12:00:00Z\t2026-11-01T12:00:00Z\t7\tmx1: it failed");
        MailHistory history = new MailHistory(Optional.of(new MailAge(NOW.minusSeconds(90), NOW, Optional.of(NOW))), 7,
            new MailHistory.Notices(Optional.of(NOTICE), true), Optional.of(NOTICE.text()), hosts, Optional.of(NOW.plusSeconds(5)),
            MailHistory.OwnFaults.NONE);

        MailAttributes.setHistory(mail, history);
        assertThat(MailAttributes.history(mail)).isEqualTo(history);
        assertThat(MailAttributes.history(mail.duplicate())).isEqualTo(history);
        assertThat(hosts.entries()).hasSize(1);
    }

    @Test
    void shouldPutRetriesBehindNewMailWherePrioritiesAreUsed() throws Exception {
        JamesMail mail = outbound(mail());
        for (boolean usePriority : List.of(true, false)) {
            Mail copy = DeferralCopy.of(mail, recipients(mail), MailHistory.NEW, NOW, usePriority);
            assertThat(copy.getAttribute(MailPrioritySupport.LOW_PRIORITY_ATTRIBUTE.getName()).isPresent()).isEqualTo(usePriority);
        }
    }

    @Test
    void shouldReadTheSendersWishesFromEnvelopeAndHeader() throws Exception {
        MailImpl requiring = mail();
        requiring.setAttribute(new Attribute(AttributeName.of("REQUIRETLS"), AttributeValue.of(true)));
        assertThat(JamesEnvelope.of(requiring).envelope().orElseThrow().requireTls()).isTrue();
        requiring.setSender(null);
        assertThat(JamesEnvelope.of(requiring).envelope().orElseThrow().requireTls()).isFalse();

        MailImpl easing = mail();
        easing.getMessage().setHeader("TLS-Required", "No");
        assertThat(outbound(easing).tlsWish()).hasToString("OPTIONAL");
        easing.setAttribute(new Attribute(AttributeName.of("REQUIRETLS"), AttributeValue.of(false)));
        assertThat(outbound(easing).tlsWish()).hasToString("OPTIONAL");
        easing.setAttribute(new Attribute(AttributeName.of("REQUIRETLS"), AttributeValue.of(true)));
        assertThat(outbound(easing).tlsWish()).hasToString("REQUIRED");
        assertThat(outbound(mail()).tlsWish()).hasToString("UNSAID");
    }

    @Test
    void shouldTellTheSenderWithoutAMessageThatCanNotBeRead() throws Exception {
        for (String[] processors : List.of(new String[0], new String[] {"bounces"})) {
            sent.clear();
            JamesMail mail = outbound(unreadable());
            outcomes(processors).failed(mail, recipients(mail), NOTICE);

            assertThat(sent).hasSize(1);
            assertThat(sent.get(0).processor()).isEmpty();
            assertThat(sent.get(0).mail().getRecipients()).extracting(MailAddress::asString).containsExactly("alice@sender.example");
            assertThat(text(sent.get(0).mail())).contains("Final-Recipient: rfc822; bob@example.com", "Status: 5.1.1")
                .doesNotContain("secret plan");
        }
    }

    @Test
    void shouldLeaveAnUnreadableMailToTheErrorProcessor() throws Exception {
        JamesMail mail = outbound(unreadable());
        outcomes().untold(mail, recipients(mail), NOTICE);

        assertThat(sent.get(0).processor()).contains(Mail.ERROR);
        assertThat(sent.get(0).mail().getRecipients()).extracting(MailAddress::asString)
            .containsExactlyInAnyOrder("bob@example.com", "carol@example.com");
        assertThat(text(sent.get(0).mail())).contains("could not be read", "Nobody here");
    }

    private static Mail unreadable() throws Exception {
        MailImpl whole = mail();
        MimeMessage broken = new MimeMessage(Session.getInstance(new Properties())) {
            @Override
            public void writeTo(OutputStream out, String[] ignored) {
                throw new StackOverflowError("nested too deep");
            }
        };
        return (Mail) Proxy.newProxyInstance(JamesOutcomesTest.class.getClassLoader(), new Class<?>[] {Mail.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getMessage" -> broken;
                case "duplicate" -> throw new MessagingException("the message is gone");
                default -> method.invoke(whole, arguments);
            });
    }
}
