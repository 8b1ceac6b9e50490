/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.net.InetAddresses;
import org.jamesdane.delivery.destination.Attribution;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.RecipientResult;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.SmtpReply;
import org.jamesdane.smtp.TransactionResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The party about which the end of a dialogue says something. */
class AttributionsTest {
    private static final InetAddress ADDRESS = InetAddresses.forString("192.0.2.1");
    private static final Attribution SERVED = new Attribution.Served("mx.example", ADDRESS);
    private static final Attribution HOST = new Attribution.ToHost("mx.example", ADDRESS);
    private static final Attribution PAIR = new Attribution.ToPair("mx.example", ADDRESS);
    private static final Attribution SILENT = new Attribution.ToAddress(ADDRESS);
    private static final Attribution DOMAIN = new Attribution.ToDomain();
    private static final Attribution NOBODY = new Attribution.ToNobody();

    private final Attributions rules = new Attributions("mx.example", ADDRESS);

    @Test
    void shouldTakeATimeoutOfTheConnectionForTheAddress() {
        assertThat(rules.of(timeout(Phase.CONNECT))).isEqualTo(SILENT);
    }

    @Test
    void shouldTakeARefusedConnectionForTheHost() {
        assertThat(rules.of(new SmtpFailure.ConnectFailed(new InetSocketAddress(ADDRESS, 25), "refused"))).isEqualTo(HOST);
    }

    @ParameterizedTest
    @EnumSource(names = {"BANNER", "HELLO"})
    void shouldTakeAFailureBeforeStartTlsForTheHost(Phase phase) {
        assertThat(List.of(rules.of(timeout(phase)), rules.of(lost(phase)), rules.of(violation(phase)), rules.of(rejected(phase, 554)),
            rules.of(rejected(phase, 421)))).containsOnly(HOST);
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTTLS", "TLS_HANDSHAKE"})
    void shouldTakeAWantOfTlsForThePair(Phase phase) {
        assertThat(List.of(rules.of(timeout(phase)), rules.of(lost(phase)), rules.of(rejected(phase, 554)),
            rules.of(new SmtpFailure.TlsFailed(phase, "no", Optional.empty())))).containsOnly(PAIR);
        assertThat(rules.of(rejected(phase, 421))).isEqualTo(HOST);
    }

    @Test
    void shouldTakeStartTlsNotOfferedOrRefusedForThePair() {
        assertThat(rules.of(new SmtpFailure.StartTlsNotOffered())).isEqualTo(PAIR);
        assertThat(rules.of(new SmtpFailure.StartTlsRefused(reply(454)))).isEqualTo(PAIR);
        assertThat(rules.of(new SmtpFailure.InjectedPlaintext())).isEqualTo(PAIR);
    }

    @Test
    void shouldTakeCredentialsForTheDomain() {
        assertThat(rules.of(new SmtpFailure.AuthRefused(reply(535)))).isEqualTo(DOMAIN);
    }

    @Test
    void shouldTakeFaultsOfThisServerForNobodys() {
        assertThat(List.of(rules.of(new SmtpFailure.BindFailed(ADDRESS, "no such address")),
            rules.of(new SmtpFailure.Unexpected(Phase.HELLO, "a defect")), rules.of(new SmtpFailure.ContentUnreadable("gone")),
            rules.of(new SmtpFailure.ConnectFailed(new InetSocketAddress(ADDRESS, 25), "Too many open files")))).containsOnly(NOBODY);
    }

    @Test
    void shouldTakeAFailureOnceARecipientWasNamedForTheDomain() {
        for (Phase phase : List.of(Phase.RCPT, Phase.DATA, Phase.CONTENT)) {
            assertThat(List.of(after(interrupted(timeout(phase))), after(interrupted(lost(phase))),
                after(interrupted(rejected(phase, 421))))).containsOnly(DOMAIN);
        }
        assertThat(after(new TransactionResult.Uncertain(lost(Phase.FINAL_DOT), Map.of()))).isEqualTo(DOMAIN);
    }

    @Test
    void shouldTakeA421ToMailForTheHost() {
        assertThat(after(interrupted(rejected(Phase.MAIL, 421)))).isEqualTo(HOST);
        assertThat(after(refused(Phase.MAIL, 421))).isEqualTo(HOST);
        assertThat(after(interrupted(lost(Phase.MAIL)))).isEqualTo(DOMAIN);
    }

    @Test
    void shouldTakeAHostForServingThatJudgesAMail() {
        for (int code : List.of(250, 450, 550, 554)) {
            assertThat(after(refused(Phase.RCPT, code))).isEqualTo(SERVED);
        }
        assertThat(after(refused(Phase.MAIL, 550))).isEqualTo(SERVED);
    }

    @Test
    void shouldTakeA421ToRcptForTheDomain() {
        assertThat(after(refused(Phase.RCPT, 421))).isEqualTo(DOMAIN);
    }

    @Test
    void shouldTakeAHostForServingThatServedBefore() {
        Attribution first = after(refused(Phase.RCPT, 550));

        assertThat(rules.after(first, interrupted(rejected(Phase.MAIL, 421)))).isEqualTo(SERVED);
    }

    private Attribution after(TransactionResult result) {
        return rules.after(NOBODY, result);
    }

    private static TransactionResult refused(Phase phase, int code) {
        RecipientResult result = code == 250 ? new RecipientResult.Accepted(reply(code))
            : new RecipientResult.Refused(phase, reply(code));
        return new TransactionResult.Completed(Map.of(recipient(), result));
    }

    private static Recipient recipient() {
        return Recipient.of(MailPath.of("bob@example.com"));
    }

    private static TransactionResult interrupted(SmtpFailure failure) {
        return new TransactionResult.Interrupted(failure, Map.of());
    }

    private static SmtpFailure timeout(Phase phase) {
        return new SmtpFailure.Timeout(phase, Duration.ofMinutes(5));
    }

    private static SmtpFailure lost(Phase phase) {
        return new SmtpFailure.ConnectionLost(phase, "reset");
    }

    private static SmtpFailure violation(Phase phase) {
        return new SmtpFailure.ProtocolViolation(phase, "nonsense");
    }

    private static SmtpFailure rejected(Phase phase, int code) {
        return new SmtpFailure.Rejected(phase, reply(code));
    }

    private static SmtpReply reply(int code) {
        return new SmtpReply(code, List.of("as the test wants it"), List.of());
    }
}
