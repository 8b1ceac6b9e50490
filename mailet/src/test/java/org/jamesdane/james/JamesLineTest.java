/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JamesLineTest {
    @Test
    void shouldAcceptTheJamesItIsFor() {
        assertThat(JamesLine.mismatch()).isEmpty();
        assertThat(JamesLine.mismatch("jakarta.mail.MessagingException", "jakarta.mail.MessagingException")).isEmpty();
    }

    @Test
    void shouldNameTheOtherJarOtherwise() {
        assertThat(JamesLine.mismatch("javax.mail.MessagingException", "jakarta.mail.MessagingException"))
            .hasValueSatisfying(sentence -> assertThat(sentence).endsWith("-james-3.9.jar."));
        assertThat(JamesLine.mismatch("jakarta.mail.MessagingException", "javax.mail.MessagingException"))
            .hasValueSatisfying(sentence -> assertThat(sentence).endsWith("-james-3.8.jar."));
    }
}
