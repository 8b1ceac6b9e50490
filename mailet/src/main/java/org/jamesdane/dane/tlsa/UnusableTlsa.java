/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dns.TlsaRecord;

/**
 * A TLSA record that is not used for authentication.
 *
 * @param record the record as it came
 * @param reason one clause, for people
 * @param section the rule by which it is not used
 */
public record UnusableTlsa(TlsaRecord record, String reason, RfcSection section) {
    @Override
    public String toString() {
        return record + " (" + reason + ")";
    }
}
