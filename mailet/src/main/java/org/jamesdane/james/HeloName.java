/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import com.google.common.net.InetAddresses;
import org.jamesdane.dns.DomainName;

/** The name this server gives itself in EHLO: a domain name or an address literal (RFC 5321 §4.1.3). */
final class HeloName {
    private HeloName() {
    }

    /**
     * The name as it is sent.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static String checked(String text) {
        if (text.startsWith("[") && text.endsWith("]")) {
            String literal = text.substring(1, text.length() - 1);
            InetAddresses.forString(literal.startsWith("IPv6:") ? literal.substring("IPv6:".length()) : literal);
            return text;
        }
        return DomainName.of(text).toString();
    }
}
