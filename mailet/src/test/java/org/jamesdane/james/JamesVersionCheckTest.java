/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JamesVersionCheckTest {
    @Test
    void shouldAcceptTheJamesItIsFor() {
        assertThat(JamesVersionCheck.mismatch()).isEmpty();
        assertThat(JamesVersionCheck.mismatch("jakarta.mail.MessagingException", "jakarta.mail.MessagingException")).isEmpty();
    }

    @Test
    void shouldNameTheOtherJarOtherwise() {
        assertThat(JamesVersionCheck.mismatch("javax.mail.MessagingException", "jakarta.mail.MessagingException"))
            .hasValueSatisfying(sentence -> assertThat(sentence).endsWith("-james-3.9.jar."));
        assertThat(JamesVersionCheck.mismatch("jakarta.mail.MessagingException", "javax.mail.MessagingException"))
            .hasValueSatisfying(sentence -> assertThat(sentence).endsWith("-james-3.8.jar."));
    }
}
