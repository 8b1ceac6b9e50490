/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

import org.apache.james.core.MailAddress;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.DsnParameters;
import org.junit.jupiter.api.Test;

class JamesEnvelopeTest {
    @Test
    void shouldRefuseOnlyTheRecipientThatSmtpHasNoFormFor() throws Exception {
        MailImpl mail = MailImpl.builder().name("mail-1").sender("alice@sender.example")
            .addRecipients(new MailAddress("bob@example.com"), new MailAddress("a\\b@example.com")).build();

        JamesEnvelope envelope = JamesEnvelope.of(mail);

        assertThat(envelope.envelope().orElseThrow().recipients()).extracting(Object::toString).containsExactly("bob@example.com");
        assertThat(envelope.refused()).extracting(MailAddress::asString).containsExactly("a\\b@example.com");
        assertThat(envelope.reason()).contains("cannot be a path in SMTP");
    }

    @Test
    void shouldRefuseAllWhenTheSenderHasNoForm() throws Exception {
        MailImpl mail = MailImpl.builder().name("mail-1").sender("a\\b@sender.example").addRecipient("bob@example.com").build();

        assertThat(JamesEnvelope.of(mail).envelope()).isEmpty();
        assertThat(JamesEnvelope.of(mail).refused()).hasSize(1);
    }

    @Test
    void shouldHaveNobodyLeftWithoutRecipients() {
        assertThat(JamesEnvelope.of(MailImpl.builder().name("mail-1").build()))
            .isEqualTo(new JamesEnvelope(Optional.empty(), List.of(), ""));
    }

    @Test
    void shouldLeaveOutAnEnvelopeIdThatIsTooLongRatherThanTheMail() throws Exception {
        MailImpl mail = MailImpl.builder().name("mail-1").sender("alice@sender.example").addRecipient("bob@example.com").build();
        mail.setDsnParameters(DsnParameters.builder().envId(DsnParameters.EnvId.of("+E9".repeat(33))).build().orElseThrow());

        assertThat(JamesEnvelope.of(mail).envelope().orElseThrow().envelopeId()).isEmpty();
    }
}
