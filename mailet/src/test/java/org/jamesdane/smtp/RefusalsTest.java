/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jamesdane.smtp.Client.ANNA;
import static org.jamesdane.smtp.Client.BERT;
import static org.jamesdane.smtp.Client.CARL;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refusals that may be meant for the session, and those for the number of recipients. */
class RefusalsTest {
    private static SmtpReply reply(String line) {
        return new SmtpReply(Integer.parseInt(line.substring(0, 3)), List.of(line.substring(3).strip()));
    }

    /** {@code RCPT 450 text} for a refusal; {@code 250} for acceptance. */
    private static RecipientResult result(String text) {
        return text.startsWith("250") ? new RecipientResult.Accepted(reply(text))
            : new RecipientResult.Refused(Phase.valueOf(text.substring(0, text.indexOf(' '))),
                reply(text.substring(text.indexOf(' ') + 1)));
    }

    private static Map<Recipient, RecipientResult> results(String... texts) {
        Map<Recipient, RecipientResult> results = new LinkedHashMap<>();
        List<Recipient> recipients = List.of(ANNA, BERT, CARL);
        for (int i = 0; i < texts.length; i++) {
            results.put(recipients.get(i), result(texts[i]));
        }
        return results;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "MAIL 450 Too many | MAIL", "MAIL 451 4.7.0 Too many | MAIL", "MAIL 452 4.3.1 Full | MAIL", "MAIL 550 Enough | MAIL",
        "MAIL 550 5.5.0 Enough | MAIL", "MAIL 421 4.7.0 Enough | MAIL",
        "MAIL 550 5.7.1 Not from you | ", "MAIL 550 5.1.8 Bad sender | ", "MAIL 450 4.7.1 Greylisted | ",
        "MAIL 451 4.1.8 No such domain | ",
        "MAIL 452 4.2.2 Full | ", "MAIL 552 Too big | ", "MAIL 553 No | ",
        "RCPT 450 Later | RCPT", "RCPT 451 4.3.2 Later | RCPT", "RCPT 451 4.4.5 Busy | RCPT", "RCPT 452 4.5.3 Too many | RCPT",
        "RCPT 450 4.7.0 Enough | RCPT", "RCPT 421 Enough | RCPT",
        "RCPT 450 4.7.1 Greylisted | ", "RCPT 450 4.1.1 Unknown | ", "RCPT 452 4.2.2 Full | ", "RCPT 451 4.3.0 Error | ", "RCPT 550 No | ",
        "RCPT 550 5.5.3 Too many | ",
        "DATA 451 4.3.2 Later | ", "DATA 421 Enough | DATA", "FINAL_DOT 451 Later | ", "FINAL_DOT 421 Enough | FINAL_DOT",
        "250 Taken | "})
    void shouldTellTheSessionFromTheMail(String one, String phase) {
        assertThat(SessionRefusal.of(new TransactionResult.Completed(results(one, one))).map(SessionRefusal::phase).map(Enum::name)
            .orElse("")).isEqualTo(phase == null ? "" : phase);
    }

    @Test
    void shouldTakeNothingForOneOfTheSessionThatIsNotTheSameForAll() {
        assertThat(SessionRefusal.of(new TransactionResult.Completed(results("RCPT 450 Later", "250 Taken")))).isEmpty();
        assertThat(SessionRefusal.of(new TransactionResult.Completed(results("RCPT 450 Later", "RCPT 550 No")))).isEmpty();
        assertThat(SessionRefusal.of(new TransactionResult.Completed(results("RCPT 450 Later", "RCPT 450 4.7.1 Greylisted")))).isEmpty();
        assertThat(SessionRefusal.of(new TransactionResult.Completed(results("RCPT 450 Later", "DATA 450 Later")))).isEmpty();
        assertThat(SessionRefusal.of(new TransactionResult.Completed(Map.of()))).isEmpty();
    }

    @Test
    void shouldLeaveDecidedWhatWasDecidedBeforeTheHostClosed() {
        Map<Recipient, RecipientResult> before = results("RCPT 550 5.1.1 Nobody", "RCPT 450 4.2.1 Later");
        TransactionResult result = new TransactionResult.Interrupted(new SmtpFailure.Rejected(Phase.RCPT, reply("421 Enough")), before);
        SessionRefusal refusal = SessionRefusal.of(result).orElseThrow();

        assertThat(refusal.phase()).isEqualTo(Phase.RCPT);
        assertThat(refusal.covers(before.get(ANNA))).isFalse();
        assertThat(refusal.covers(before.get(BERT))).isTrue();
        assertThat(refusal.covers(null)).isTrue();
        assertThat(new SessionRefusal(Phase.MAIL).covers(result("MAIL 550 Enough"))).isTrue();
        assertThat(new SessionRefusal(Phase.FINAL_DOT).covers(result("RCPT 550 Nobody"))).isFalse();
    }

    @Test
    void shouldNotTakeABrokenConnectionForARefusal() {
        SmtpFailure lost = new SmtpFailure.ConnectionLost(Phase.MAIL, "reset");
        assertThat(SessionRefusal.of(new TransactionResult.Interrupted(lost, Map.of()))).isEmpty();
        SmtpFailure closing = new SmtpFailure.Rejected(Phase.FINAL_DOT, reply("421 Enough"));
        assertThat(SessionRefusal.of(new TransactionResult.Uncertain(closing, Map.of()))).isEmpty();
    }

    @Test
    void shouldTellALimitFromWhatIsSaidOfOneRecipient() {
        assertThat(RecipientLimit.isReached(results("RCPT 452 4.5.3 Too many"))).isTrue();
        assertThat(RecipientLimit.isReached(results("FINAL_DOT 451 Later"))).isTrue();
        assertThat(RecipientLimit.isReached(results("RCPT 550 5.1.1 Nobody"))).isFalse();
        assertThat(RecipientLimit.isReached(results("RCPT 450 4.7.1 Greylisted"))).isFalse();
        assertThat(RecipientLimit.isReached(results("250 Taken", "RCPT 452 4.5.3 Too many"))).isFalse();
        assertThat(RecipientLimit.isReached(Map.of())).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "RCPT 452 4.5.3 Too many | true", "RCPT 452 Too many | true", "RCPT 552 Too many | true", "RCPT 450 One at a time | true",
        "RCPT 451 4.3.0 Another domain | true", "RCPT 450 4.5.3 Too many | true",
        "RCPT 452 4.2.2 Full | false", "RCPT 552 5.2.2 Full | false", "RCPT 450 4.7.1 Greylisted | false", "RCPT 451 4.7.0 Policy | false",
        "RCPT 450 4.1.1 Unknown | false", "RCPT 550 5.5.3 Too many | false", "RCPT 454 TLS | false", "FINAL_DOT 452 4.5.3 No | false"})
    void shouldTellTooManyRecipientsFromOthers(String refusal, boolean tooMany) {
        assertThat(RecipientLimit.next(results("250 Taken", refusal))).isEqualTo(tooMany ? List.of(BERT) : List.of());
        assertThat(RecipientLimit.next(results(refusal, refusal))).isEmpty();
    }
}
