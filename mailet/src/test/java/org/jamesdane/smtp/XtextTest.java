/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XtextTest {

    @Test
    void shouldEncodeAsRfc3461() {
        assertThat(Xtext.encode("a+b=c d@example.org\r\n")).isEqualTo("a+2Bb+3Dc+20d@example.org+0D+0A");
    }

    @Property
    void shouldDecodeWhatItEncodes(@ForAll @CharRange(to = '\u007f') String text) {
        assertThat(Xtext.encode(text)).matches("[!-~]*").doesNotContain("=");
        assertThat(Xtext.decode(Xtext.encode(text))).contains(text);
    }

    @ParameterizedTest
    // RFC 3461 §4: hexchar = "+" two upper case digits; "=" and what is not printable must be encoded.
    @ValueSource(strings = {"+", "+4", "+4g", "+2b", "a=b", "a b", "a\r", "+FF", "ä"})
    void shouldNotDecodeWhatIsNoXtext(String text) {
        assertThat(Xtext.decode(text)).isEmpty();
    }

    @Test
    void shouldWriteTheOriginalRecipient() {
        assertThat(new OriginalRecipient("rfc822", "a+b@example.org").parameter()).isEqualTo("rfc822;a+2Bb@example.org");
    }

    @Test
    void shouldRefuseAnOriginalRecipientThatDoesNotFit() {
        assertThatThrownBy(() -> new OriginalRecipient("rfc822", "a".repeat(494))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OriginalRecipient("rfc822;x", "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OriginalRecipient("rfc822", "ä")).isInstanceOf(IllegalArgumentException.class);
    }
}
