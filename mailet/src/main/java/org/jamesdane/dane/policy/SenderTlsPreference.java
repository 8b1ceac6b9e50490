/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.policy;

import java.util.List;

/** Wish of a mail's sender about TLS (RFC 8689). */
public enum SenderTlsPreference {
    /** Nothing: the policies decide. */
    UNSAID,
    /** REQUIRETLS: rather not delivered than without authenticated TLS on the whole way (RFC 8689 §4.2.1). */
    REQUIRED,
    /** {@code TLS-Required: No}: rather delivered without TLS than not at all (RFC 8689 §4.2.2). */
    OPTIONAL;

    /**
     * The wish from what stands on the envelope and in the header.
     *
     * @param requireTls whether the mail came with REQUIRETLS
     * @param header the bodies of all TLS-Required header fields
     */
    public static SenderTlsPreference of(boolean requireTls, List<String> header) {
        // RFC 8689 §4.1: where both are present, the header field is ignored.
        if (requireTls) {
            return REQUIRED;
        }
        // RFC 8689 §3: one field, and its one parameter; more than one must not appear, so that they say nothing.
        return header.size() == 1 && header.get(0).strip().equalsIgnoreCase("No") ? OPTIONAL : UNSAID;
    }
}
