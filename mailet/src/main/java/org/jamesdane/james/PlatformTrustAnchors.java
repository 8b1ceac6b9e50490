/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.security.GeneralSecurityException;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.https.PlatformAuthorities;

/** The public CAs that the Java platform trusts. */
final class PlatformTrustAnchors {
    private PlatformTrustAnchors() {
    }

    static Authorities all() {
        try {
            return PlatformAuthorities.read();
        } catch (GeneralSecurityException e) {
            throw new ConfigurationError("The Java platform's list of public CAs can't be read, and the gateways' identity is to be "
                + "verified with it.", e);
        }
    }
}
