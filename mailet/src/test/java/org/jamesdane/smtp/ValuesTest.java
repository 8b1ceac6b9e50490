/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

import org.jamesdane.tls.TlsSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    private static SmtpEndpoint endpoint(InetSocketAddress address, String heloName) {
        return new SmtpEndpoint(address, Optional.empty(), heloName, false, TlsSettings.withoutServerName());
    }

    @Test
    void shouldWaitAsLongAsRfc5321Asks() {
        Timeouts timeouts = Timeouts.defaults();

        assertThat(timeouts.of(Phase.BANNER)).isEqualTo(Duration.ofMinutes(5));
        assertThat(timeouts.of(Phase.MAIL)).isEqualTo(Duration.ofMinutes(5));
        assertThat(timeouts.of(Phase.RCPT)).isEqualTo(Duration.ofMinutes(5));
        assertThat(timeouts.of(Phase.DATA)).isEqualTo(Duration.ofMinutes(2));
        assertThat(timeouts.of(Phase.CONTENT)).isEqualTo(Duration.ofMinutes(3));
        assertThat(timeouts.of(Phase.FINAL_DOT)).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void shouldNotShortenTheWaitForTheFinalReplyWithTheRest() {
        Timeouts timeouts = Timeouts.defaults().withEachStep(Duration.ofSeconds(7)).withConnect(Duration.ofSeconds(3));

        assertThat(timeouts.of(Phase.RCPT)).isEqualTo(Duration.ofSeconds(7));
        assertThat(timeouts.of(Phase.FINAL_DOT)).isEqualTo(Duration.ofMinutes(10));
        assertThat(timeouts.of(Phase.CONNECT)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void shouldRefuseToWaitForNothing() {
        assertThatThrownBy(() -> Timeouts.defaults().withConnect(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNotShowAPassword() {
        assertThat(new Credentials("user", "hunter2")).asString().contains("user").doesNotContain("hunter2");
    }

    @Test
    void shouldRefuseCredentialsThatWouldMeanOthers() {
        // RFC 4616 §2: NUL separates the fields of the response.
        assertThatThrownBy(() -> new Credentials("a\0b", "c")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Credentials("a", "b\0c")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Credentials("a", "ä".repeat(501))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNeverResolveANameAgain() {
        assertThatThrownBy(() -> endpoint(InetSocketAddress.createUnresolved("mx.example", 25), "me.example"))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("mx.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\r\nMAIL FROM:<>", "ä.example"})
    void shouldRefuseAHeloNameThatIsNone(String heloName) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 25);
        assertThatThrownBy(() -> endpoint(address, heloName)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldShowAnAddressWithItsPort() throws Exception {
        byte[] oneAtTheEnd = new byte[16];
        oneAtTheEnd[15] = 1;

        assertThat(endpoint(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 25), "me.example"))
            .hasToString("127.0.0.1:25");
        assertThat(endpoint(new InetSocketAddress(InetAddress.getByAddress(oneAtTheEnd), 25), "me.example"))
            .hasToString("[0:0:0:0:0:0:0:1]:25");
    }
}
