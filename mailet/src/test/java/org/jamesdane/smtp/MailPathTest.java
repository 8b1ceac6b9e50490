/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailPathTest {

    @ParameterizedTest
    @ValueSource(strings = {"user@example.org", "a+b=c@example.org", "\"a b\"@example.org", "\"a>\\\"b\"@example.org", "x@[192.0.2.1]",
        "x@[IPv6:2001:db8::1]", "用户@例子.example", "a..b.@example.org", "\"\"@example.org", "_x@_y.example", "o'neil@example.org",
        "x@localhost"})
    void shouldAcceptWhatIsAMailbox(String text) {
        assertThat(MailPath.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "user", "@example.org", "user@", "a b@example.org", "a>@example.org", "<a@example.org>", "a@b@example.org",
        "a@example.org> SIZE=1", "a@example.org\r\nRCPT TO:<b@example.org>", "a@example.org\n", "\"a\r\n\"@example.org",
        "\"a\n\"@example.org",
        "\"a\0\"@example.org", "\"a\\\r\"@example.org", "\"a\"b\"@example.org", "\"a@example.org", "\"a\\\"@example.org", "a@exa mple.org",
        "a@[192.0.2.1", "a@[192.0.2.1]x", "a@[a]b]", "a\u0085@example.org", "a\u2028@example.org", "a\u00a0@example.org",
        "a\u202e@example.org",
        "a\ud800@example.org", "@a.example:b@example.org"})
    void shouldRefuseWhatCouldEndThePath(String text) {
        assertThat(MailPath.parse(text)).isEmpty();
    }

    @Test
    void shouldRefuseWhatNoServerReads() {
        assertThat(MailPath.parse("a".repeat(888) + "@example.org")).isPresent();
        assertThat(MailPath.parse("a".repeat(889) + "@example.org")).isEmpty();
        assertThat(MailPath.parse("ä".repeat(445) + "@example.org")).isEmpty();
        assertThat(MailPath.parse("\"" + "\\a".repeat(443) + "\"@example.org")).isPresent();
    }

    @Test
    void shouldKnowWhichNeedSmtpUtf8() {
        assertThat(MailPath.of("a@example.org").isAscii()).isTrue();
        assertThat(MailPath.of("ä@example.org").isAscii()).isFalse();
        assertThat(MailPath.of("a@bücher.example").isAscii()).isFalse();
    }

    @Property
    void shouldNeverHoldMoreThanOnePath(@ForAll @StringLength(max = 30) @Chars({'<', '>', ' ', '"', '\\', '@', '\r', '\n', 'a'})
                                        @CharRange(from = '\0', to = '\u00ff') String text) {
        MailPath.parse(text).ifPresent(path -> {
            assertThat(path.toString()).doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f]");
            // Outside of quotes nothing ends the path.
            String unquoted = path.toString().replaceAll("\"(?:[^\"\\\\]|\\\\.)*\"", "");
            assertThat(unquoted).doesNotContain("<").doesNotContain(">").doesNotContain(" ").doesNotContain("\"");
        });
    }
}
