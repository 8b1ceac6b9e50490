/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.regex.Pattern;

/**
 * The address the sender wrote, for the notification about it (RFC 3461 §4.2).
 *
 * @param addressType a registered type of address, {@code rfc822} for example
 * @param address the address itself, not encoded as xtext; ASCII
 */
public record OriginalRecipient(String addressType, String address) {
    private static final Pattern ATOM = Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}");
    /** RFC 3461 §4.2: the parameter may be up to 500 characters long. */
    private static final int MAX_PARAMETER = 500;

    public OriginalRecipient {
        if (!ATOM.matcher(addressType).matches()) {
            throw new IllegalArgumentException("The type of an original recipient must be an atom of at most 64 characters");
        }
        if (!address.chars().allMatch(c -> c < 0x80)) {
            throw new IllegalArgumentException("An original recipient must be in ASCII");
        }
        if (parameterOf(addressType, address).length() > MAX_PARAMETER) {
            throw new IllegalArgumentException("An original recipient must have at most " + MAX_PARAMETER + " characters with its type");
        }
    }

    /** The value of the ORCPT parameter. */
    public String parameter() {
        return parameterOf(addressType, address);
    }

    private static String parameterOf(String addressType, String address) {
        return addressType + ";" + Xtext.encode(address);
    }
}
