/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmtpReplyTest {

    private static SmtpReply reply(int code, String... lines) {
        return new SmtpReply(code, List.of(lines));
    }

    @Test
    void shouldFindTheEnhancedStatusCode() {
        assertThat(reply(550, "5.1.1 no such user", "5.1.1 at all").enhanced()).contains(new EnhancedStatusCode(5, 1, 1));
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 2034 §4: the class must agree with the reply code.
        "250, 5.1.1 no", "550, 2.0.0 ok", "450, 5.1.1 no",
        // RFC 3463 §2: three parts, numbers of at most three digits.
        "550, 5.1 no", "550, 5.1.1000 no", "550, 5.1.1no", "550, no 5.1.1", "550, 5..1 no", "354, 3.0.0 go"})
    void shouldNotTakeOtherTextForAnEnhancedStatusCode(int code, String text) {
        assertThat(reply(code, text).enhanced()).isEqualTo(Optional.empty());
    }

    @Test
    void shouldAcceptAnEnhancedStatusCodeAlone() {
        assertThat(reply(421, "4.7.28").enhanced()).contains(new EnhancedStatusCode(4, 7, 28));
    }

    @Test
    void shouldShowAllLinesInOne() {
        assertThat(reply(550, "5.7.1 blocked", "see https://example.org")).hasToString("550 5.7.1 blocked see https://example.org");
        assertThat(reply(354, "")).hasToString("354");
    }

    @Test
    void shouldTellNoMoreOfALongReplyThanIsWorthIt() {
        assertThat(reply(421, "4.3.2 later", "x".repeat(2000), "x".repeat(2000)).toString()).startsWith("421 4.3.2 later xx").endsWith("…")
            .hasSizeLessThan(510);
    }

    @ParameterizedTest
    @CsvSource({
        "RCPT, 550, 5.1.1 unknown,                 true",
        "RCPT, 450, 4.2.1 later,                   false",
        // RFC 5321 §4.5.3.1.10: 552 for too many recipients counts as temporary.
        "RCPT, 552, Too many recipients,           false",
        "RCPT, 552, 5.5.3 Too many recipients,     false",
        "RCPT, 552, 5.2.2 mailbox full,            true",
        "FINAL_DOT, 552, message too big,          true",
        "MAIL, 552, message too big,               true",
        "FINAL_DOT, 451, 4.3.0 try again,          false"})
    void shouldSayWhetherARefusalIsPermanent(Phase phase, int code, String text, boolean permanent) {
        assertThat(new RecipientResult.Refused(phase, reply(code, text)).permanent()).isEqualTo(permanent);
    }
}
