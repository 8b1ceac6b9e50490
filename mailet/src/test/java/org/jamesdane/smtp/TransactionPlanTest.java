/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jamesdane.smtp.Recipient.Notify;
import org.junit.jupiter.api.Test;

class TransactionPlanTest {
    private static final MailPath SENDER = MailPath.of("sender@example.org");
    private static final Recipient PLAIN = Recipient.of(MailPath.of("plain@example.com"));
    private static final Recipient INTERNATIONAL = Recipient.of(MailPath.of("größe@example.com"));
    private static final String[] EVERYTHING = {"SIZE 5000", "8BITMIME", "SMTPUTF8", "DSN", "REQUIRETLS"};

    private static Envelope envelope(Recipient... recipients) {
        return Envelope.of(Optional.of(SENDER), List.of(recipients));
    }

    private static TransactionPlan.Conditions host(long size, boolean eightBit, String... offers) {
        return new TransactionPlan.Conditions(
            Capabilities.of(new SmtpReply(250, Stream.concat(Stream.of("mx"), Arrays.stream(offers)).toList())), true, size, eightBit);
    }

    private static String line(PermittedCommand command) {
        return new String(command.octets(), StandardCharsets.UTF_8);
    }

    private static String mail(Envelope envelope, TransactionPlan.Conditions host) {
        return line(TransactionPlan.of(envelope, host).mail());
    }

    private static String rcpt(Recipient recipient, TransactionPlan.Conditions host) {
        return line(List.copyOf(TransactionPlan.of(envelope(recipient), host).recipients().values()).get(0));
    }

    @Test
    void shouldSayNoMoreThanThePathsToAHostWithoutExtensions() {
        Recipient withWishes = new Recipient(PLAIN.path(), Set.of(Notify.NEVER), Optional.of(new OriginalRecipient("rfc822", "a@b")));
        Envelope envelope = envelope(withWishes).withDsn(Optional.of(Envelope.Returned.HDRS), Optional.of("id"));

        assertThat(mail(envelope, host(10, false))).isEqualTo("MAIL FROM:<sender@example.org>\r\n");
        assertThat(rcpt(withWishes, host(10, false))).isEqualTo("RCPT TO:<plain@example.com>\r\n");
    }

    @Test
    void shouldSendTheNullReversePath() {
        assertThat(mail(Envelope.of(Optional.empty(), List.of(PLAIN)), host(10, false))).isEqualTo("MAIL FROM:<>\r\n");
    }

    @Test
    void shouldSayAllThatTheHostUnderstands() {
        Envelope envelope = envelope(INTERNATIONAL).withDsn(Optional.of(Envelope.Returned.FULL), Optional.of("a b")).requiringTls();

        assertThat(mail(envelope, host(10, true, EVERYTHING)))
            .isEqualTo("MAIL FROM:<sender@example.org> SIZE=10 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=a+20b REQUIRETLS\r\n");
    }

    @Test
    void shouldPassOnTheWishesForNotification() {
        Recipient recipient = new Recipient(PLAIN.path(), Set.of(Notify.DELAY, Notify.SUCCESS, Notify.FAILURE),
            Optional.of(new OriginalRecipient("rfc822", "a+b@example.org")));

        assertThat(rcpt(recipient, host(10, false, "DSN")))
            .isEqualTo("RCPT TO:<plain@example.com> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.org\r\n");
    }

    @Test
    void shouldNotAskForSmtpUtf8WithoutNeed() {
        assertThat(mail(envelope(PLAIN), host(10, false, EVERYTHING))).isEqualTo("MAIL FROM:<sender@example.org> SIZE=10\r\n");
    }

    @Test
    void shouldLeaveOutOnlyTheRecipientWhoNeedsSmtpUtf8() {
        Envelope envelope = envelope(INTERNATIONAL, PLAIN);

        assertThat(TransactionPlan.obstacle(envelope, host(10, false))).isEmpty();
        TransactionPlan plan = TransactionPlan.of(envelope, host(10, false));
        assertThat(plan.recipients()).containsOnlyKeys(PLAIN);
        assertThat(plan.leftOut()).containsOnlyKeys(INTERNATIONAL);
        assertThat(line(plan.mail())).doesNotContain("SMTPUTF8");
        assertThat(plan.leftOut().get(INTERNATIONAL)).isEqualTo(new Unsendable.NeedsSmtpUtf8());
    }

    @Test
    void shouldNotSendAnInternationalisedMailWithoutSmtpUtf8() {
        Envelope byItself = envelope(PLAIN).needingSmtpUtf8();
        Envelope byItsSender = Envelope.of(Optional.of(MailPath.of("größe@example.org")), List.of(PLAIN));

        assertThat(TransactionPlan.obstacle(byItself, host(10, false, "8BITMIME"))).contains(new Unsendable.NeedsSmtpUtf8());
        assertThat(TransactionPlan.obstacle(byItsSender, host(10, false, "8BITMIME"))).contains(new Unsendable.NeedsSmtpUtf8());
        assertThat(TransactionPlan.obstacle(byItself, host(10, false, EVERYTHING))).isEmpty();
        assertThat(mail(byItsSender, host(10, false, EVERYTHING))).contains("<größe@example.org>").contains(" SMTPUTF8");
    }

    @Test
    void shouldNotSendMoreThanTheHostTakes() {
        assertThat(TransactionPlan.obstacle(envelope(PLAIN), host(5001, false, EVERYTHING))).contains(new Unsendable.TooLarge(5001, 5000));
        assertThat(TransactionPlan.obstacle(envelope(PLAIN), host(5000, false, EVERYTHING))).isEmpty();
        assertThat(TransactionPlan.obstacle(envelope(PLAIN), host(5001, false, "SIZE"))).isEmpty();
        assertThat(TransactionPlan.obstacle(envelope(PLAIN), host(5001, false, "SIZE 0"))).isEmpty();
    }

    @Test
    void shouldNotSendEightBitContentToAHostThatDoesNotOfferToTakeIt() {
        assertThat(TransactionPlan.obstacle(envelope(PLAIN), host(10, true, "SIZE"))).contains(new Unsendable.NeedsSevenBit());
        assertThat(TransactionPlan.obstacle(envelope(PLAIN), host(10, true, "8BITMIME"))).isEmpty();
        assertThat(mail(envelope(PLAIN), host(10, true, "8BITMIME"))).isEqualTo("MAIL FROM:<sender@example.org> BODY=8BITMIME\r\n");
    }

    @Test
    void shouldNotSendAMailWithRequireTlsToAHostThatDoesNotKnowIt() {
        Envelope envelope = envelope(PLAIN).requiringTls();
        Capabilities offering = host(10, false, "REQUIRETLS").capabilities();

        assertThat(TransactionPlan.obstacle(envelope, host(10, false))).contains(new Unsendable.NeedsRequireTls());
        assertThat(TransactionPlan.obstacle(envelope, host(10, false, "REQUIRETLS"))).isEmpty();
        // RFC 8689 §2: the keyword means nothing outside of TLS.
        assertThat(TransactionPlan.obstacle(envelope, new TransactionPlan.Conditions(offering, false, 10, false)))
            .contains(new Unsendable.NeedsRequireTls());
    }

    @Test
    void shouldNameTheConditionThatNoConversionCouldMend() {
        // A message that is too large stays so; what is converted to 7 bit would only grow.
        assertThat(TransactionPlan.obstacle(envelope(PLAIN), host(5001, true, "SIZE 5000"))).contains(new Unsendable.TooLarge(5001, 5000));
    }

    @Test
    void shouldCountEqualRecipientsOnce() {
        assertThat(envelope(PLAIN, INTERNATIONAL, PLAIN).recipients()).containsExactly(PLAIN, INTERNATIONAL);
    }

    @Test
    void shouldRefuseAnEnvelopeThatMakesNoSense() {
        assertThatThrownBy(() -> envelope()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> envelope(PLAIN).withDsn(Optional.empty(), Optional.of(" ".repeat(34))))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Recipient(PLAIN.path(), Set.of(Notify.NEVER, Notify.DELAY), Optional.empty()))
            .isInstanceOf(IllegalArgumentException.class);
    }
}
