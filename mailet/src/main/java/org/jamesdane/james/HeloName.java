/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Optional;
import java.util.regex.Pattern;

import com.google.common.net.InetAddresses;
import org.jamesdane.dns.DomainName;

/** The name this server gives itself in EHLO: a domain name or an address literal (RFC 5321 §4.1.3). */
final class HeloName {
    /** RFC 5321 §4.1.2: sub-domain; the underscore is no part of it, but of some hosts' names. */
    private static final Pattern HOST_LABEL = Pattern.compile("[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?");

    private HeloName() {
    }

    /** The reason why most hosts refuse mail from a server of that name, and the remedy; empty if there is none. */
    static Optional<String> doubt(String name) {
        return name.startsWith("[") || (name.contains(".") && !name.equals("localhost.localdomain")) ? Optional.empty()
            : Optional.of("This server calls itself \"" + name + "\" in EHLO, which is no name that others can look up: most hosts refuse "
                + "mail from it. Set heloName in mailetcontainer.xml to this server's full name in DNS.");
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
        DomainName name = DomainName.of(text);
        if (name.isRoot() || !name.labels().stream().allMatch(label -> HOST_LABEL.matcher(label).matches())) {
            throw new IllegalArgumentException("a label with other characters than letters, digits and hyphens");
        }
        return name.toString();
    }
}
