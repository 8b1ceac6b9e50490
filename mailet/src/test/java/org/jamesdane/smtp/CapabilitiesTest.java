/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapabilitiesTest {

    private static Capabilities offered(String... lines) {
        return Capabilities.of(new SmtpReply(250, Stream.concat(Stream.of("mx.example greets"), Stream.of(lines)).toList()));
    }

    @Test
    void shouldKnowEachExtension() {
        Capabilities all = offered("PIPELINING", "SIZE 1000", "STARTTLS", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES",
            "REQUIRETLS");

        assertThat(List.of(all.pipelining(), all.size(), all.startTls(), all.eightBitMime(), all.smtpUtf8(), all.dsn(),
            all.enhancedStatusCodes(), all.requireTls())).containsOnly(true);
        assertThat(List.of(offered().pipelining(), offered().size(), offered().startTls(), offered().eightBitMime(),
            offered().smtpUtf8(), offered().dsn(), offered().enhancedStatusCodes(), offered().requireTls())).containsOnly(false);
    }

    @Test
    void shouldReadKeywordsInAnyCase() {
        // RFC 5321 §2.4: keywords are not case sensitive.
        assertThat(offered("startTLS").startTls()).isTrue();
    }

    @Test
    void shouldNotTakeTheGreetingForAKeyword() {
        assertThat(Capabilities.of(new SmtpReply(250, List.of("STARTTLS"))).startTls()).isFalse();
    }

    @Test
    void shouldNotTakePartOfALineForAKeyword() {
        assertThat(offered("XSTARTTLS", "HELP STARTTLS", "STARTTLS-NOT", "STARTTLS=yes").startTls()).isFalse();
    }

    @Test
    void shouldReadTheSizeLimit() {
        assertThat(offered("SIZE 35882577").sizeLimit()).hasValue(35882577);
    }

    @ParameterizedTest
    // RFC 1870 §3: no value means that the limit is not told, 0 that there is none.
    @ValueSource(strings = {"SIZE", "SIZE 0", "SIZE many", "SIZE -1", "SIZE 99999999999999999999"})
    void shouldFindNoSizeLimit(String line) {
        assertThat(offered(line).sizeLimit()).isEqualTo(OptionalLong.empty());
        assertThat(offered(line).size()).isTrue();
    }

    @Test
    void shouldGatherTheMechanismsOfBothFormsOfAuth() {
        assertThat(offered("AUTH PLAIN login", "AUTH=LOGIN CRAM-MD5").authMechanisms()).containsExactly("CRAM-MD5", "LOGIN", "PLAIN");
    }

    @Test
    void shouldOfferNothingAfterHelo() {
        assertThat(Capabilities.NONE.extensions()).isEmpty();
    }
}
