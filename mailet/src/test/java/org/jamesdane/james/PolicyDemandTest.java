/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;

import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicySelection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyDemandTest {
    private static MailImpl mail(AttributeValue<?> value) {
        MailImpl mail = MailImpl.builder().name("mail").build();
        mail.setAttribute(new Attribute(PolicyDemand.ATTRIBUTE, value));
        return mail;
    }

    @Test
    void shouldDemandNothingByItself() {
        assertThat(PolicyDemand.of(MailImpl.builder().name("mail").build(), Optional.empty())).isEmpty();
        assertThat(PolicyDemand.of(MailImpl.builder().name("mail").build(), Optional.of(Policy.ENCRYPT)))
            .contains(new PolicyDemand(Policy.ENCRYPT, "the mailet's policy"));
    }

    /** The maximum per axis: dane = off, audit, enforce, mandatory; tls = none, may, encrypt. */
    @ParameterizedTest
    @CsvSource({
        "dane-only,, dane-only", "DANE-Only,, dane-only", "' dane ',, dane", "none, encrypt, encrypt", "encrypt, dane, dane-encrypt",
        "dane, encrypt, dane-encrypt", "may, dane-only, dane-only", "dane-only, may, dane-only"})
    void shouldCombineWhatTheMailAndTheMailetDemand(String attribute, String mailet, String expected) {
        Optional<PolicyDemand> demand = PolicyDemand.of(mail(AttributeValue.of(attribute)), Optional.ofNullable(mailet).map(Policy::parse));

        assertThat(demand).map(PolicyDemand::policy).contains(Policy.parse(expected));
    }

    @Test
    void shouldSayWhoDemandsIt() {
        PolicyDemand demand = PolicyDemand.of(mail(AttributeValue.of("dane-only")), Optional.empty()).orElseThrow();

        assertThat(new PolicySelection(Policy.DANE, "domain clinic.example").demanding(demand.policy(), demand.whose()).source())
            .isEqualTo("domain clinic.example, raised by the mail's attribute org.jamesdane.policy");
    }

    @ParameterizedTest
    @CsvSource({"dane only", "''", "yes", "audit+encrypt"})
    void shouldTakeAWrongWordForTheStrictestPolicyAndSaySo(String word) {
        PolicyDemand demand = PolicyDemand.of(mail(AttributeValue.of(word)), Optional.of(Policy.MAY)).orElseThrow();

        assertThat(demand.policy()).isEqualTo(Policy.DANE_ONLY);
        assertThat(demand.whose()).contains("org.jamesdane.policy, which is \"" + word + "\" and no policy", "strictest");
    }

    @Test
    void shouldTakeAnythingButTextForTheStrictestPolicy() {
        PolicyDemand demand = PolicyDemand.of(mail(AttributeValue.of(7)), Optional.empty()).orElseThrow();

        assertThat(demand.policy()).isEqualTo(Policy.DANE_ONLY);
        assertThat(demand.whose()).contains("of type Integer");
    }

    @Test
    void shouldRepeatOnlyPartOfAWrongValueAndNothingThatBreaksALine() {
        PolicyDemand demand = PolicyDemand.of(mail(AttributeValue.of("x\r\n{\"a\":1}" + "y".repeat(1000))), Optional.empty()).orElseThrow();

        assertThat(demand.whose()).hasSizeLessThan(200).doesNotContain("\n", "\r");
    }
}
