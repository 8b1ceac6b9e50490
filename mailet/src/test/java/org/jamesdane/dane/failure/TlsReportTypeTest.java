/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TlsReportTypeTest {
    /** RFC 8460 §4.3.1, §4.3.2.1 and §4.3.2.2. */
    @Test
    void shouldHaveTheWordsOfTheElevenResultTypes() {
        assertThat(TlsReportType.values()).extracting(TlsReportType::toString).containsExactlyInAnyOrder(
            "starttls-not-supported", "certificate-host-mismatch", "certificate-expired", "certificate-not-trusted", "validation-failure",
            "tlsa-invalid", "dnssec-invalid", "dane-required",
            "sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid");
    }
}
