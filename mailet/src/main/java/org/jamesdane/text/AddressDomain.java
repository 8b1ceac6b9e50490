/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.text;

/** The domain of a mail address (RFC 5321 §4.1.2). */
public final class AddressDomain {
    private AddressDomain() {
    }

    /** The part behind the last at sign, as it is written; the whole text where there is none. A local part may hold at signs in quotes. */
    public static String of(String address) {
        return address.substring(address.lastIndexOf('@') + 1);
    }
}
