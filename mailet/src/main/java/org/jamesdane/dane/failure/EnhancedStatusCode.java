/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.failure;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An enhanced mail system status code (RFC 3463 §2), {@code 4.7.5} for example.
 *
 * @param category 2 success, 4 persistent transient failure, 5 permanent failure
 * @param subject 0 to 999
 * @param detail 0 to 999
 */
public record EnhancedStatusCode(int category, int subject, int detail) {
    /** A fault of our own. */
    public static final EnhancedStatusCode OWN_FAULT = new EnhancedStatusCode(4, 3, 0);
    /** No host could be reached (RFC 3463 §3.5: no answer from host). */
    public static final EnhancedStatusCode NO_ANSWER = new EnhancedStatusCode(4, 4, 1);
    /** The connection was lost or became useless (RFC 3463 §3.5: bad connection). */
    public static final EnhancedStatusCode BAD_CONNECTION = new EnhancedStatusCode(4, 4, 2);
    /** The name service failed (RFC 3463 §3.5: directory server failure). */
    public static final EnhancedStatusCode NAME_SERVICE_FAILED = new EnhancedStatusCode(4, 4, 3);
    /** No such domain, or no address to connect to (RFC 3463 §3.5: unable to route). */
    public static final EnhancedStatusCode UNABLE_TO_ROUTE = new EnhancedStatusCode(5, 4, 4);
    /** Counterpart of {@link #UNABLE_TO_ROUTE} for an answer that is not to be relied on. */
    public static final EnhancedStatusCode UNABLE_TO_ROUTE_NOW = new EnhancedStatusCode(4, 4, 4);
    /** The best host is we ourselves (RFC 3463 §3.5: routing loop detected). */
    public static final EnhancedStatusCode LOOP = new EnhancedStatusCode(5, 4, 6);
    /** The domain takes no mail (RFC 7505 §4.1 and §6). */
    public static final EnhancedStatusCode NULL_MX = new EnhancedStatusCode(5, 1, 10);
    /** The host does not speak the protocol (RFC 3463 §3.6: other or undefined protocol status). */
    public static final EnhancedStatusCode PROTOCOL = new EnhancedStatusCode(4, 5, 0);
    /** TLS is required and not offered (RFC 3463 §3.8: security features not supported). */
    public static final EnhancedStatusCode TLS_NOT_OFFERED = new EnhancedStatusCode(4, 7, 4);
    /** The host could not be authenticated (RFC 3463 §3.8: cryptographic failure). */
    public static final EnhancedStatusCode NOT_AUTHENTICATED = new EnhancedStatusCode(4, 7, 5);
    /** The host offers no REQUIRETLS (RFC 8689 §4.2.1). */
    public static final EnhancedStatusCode REQUIRETLS_NEEDED = new EnhancedStatusCode(5, 7, 30);
    /** REQUIRETLS cannot be met for want of TLS with an authenticated host (RFC 8689 §4.2.1). */
    public static final EnhancedStatusCode ENCRYPTION_NEEDED = new EnhancedStatusCode(5, 7, 10);
    /** A host refused our credentials (RFC 4954 §6), which says nothing about the mail. */
    public static final EnhancedStatusCode CREDENTIALS_REFUSED = new EnhancedStatusCode(4, 7, 8);

    /** The content is none that is sent (RFC 3463 §3.7: other or undefined media error). */
    public static final EnhancedStatusCode CONTENT = new EnhancedStatusCode(5, 6, 0);
    /** A host takes no message as large as this one (RFC 3463 §3.4: message too big for system). */
    public static final EnhancedStatusCode TOO_LARGE = new EnhancedStatusCode(5, 3, 4);
    /** A host takes no 8-bit content (RFC 3463 §3.7: conversion required but not supported). */
    public static final EnhancedStatusCode CONVERSION_NEEDED = new EnhancedStatusCode(5, 6, 3);
    /** A host takes no internationalised mail (RFC 6531 §3.5). */
    public static final EnhancedStatusCode SMTPUTF8_NEEDED = new EnhancedStatusCode(5, 6, 7);

    /** RFC 2034 §4: status-code = class "." subject "." detail, at the start of a reply's text. */
    private static final Pattern AT_START = Pattern.compile("([245])\\.(\\d{1,3})\\.(\\d{1,3})(?:\\s.*|)", Pattern.DOTALL);

    public EnhancedStatusCode {
        if (category != 2 && category != 4 && category != 5) {
            throw new IllegalArgumentException("The class of an enhanced status code is 2, 4 or 5, not " + category);
        }
        checkNumber("subject", subject);
        checkNumber("detail", detail);
    }

    private static void checkNumber(String what, int number) {
        if (number < 0 || number > 999) {
            throw new IllegalArgumentException("The " + what + " of an enhanced status code is 0 to 999, not " + number);
        }
    }

    /**
     * Reads the form of {@link #toString}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static EnhancedStatusCode parse(String text) {
        String[] numbers = text.split("\\.", -1);
        if (numbers.length != 3) {
            throw new IllegalArgumentException("\"" + text + "\" is no enhanced status code");
        }
        return new EnhancedStatusCode(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
    }

    /** The code that the text of a reply begins with, if it does. */
    public static Optional<EnhancedStatusCode> atStartOf(String text) {
        Matcher matcher = AT_START.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new EnhancedStatusCode(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3))));
    }

    /** Tests whether trying again later makes no sense. */
    public boolean isPermanent() {
        return category == 5;
    }

    @Override
    public String toString() {
        return category + "." + subject + "." + detail;
    }
}
