/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.time.Clock;

/** The entry to certificates by wish. */
public final class TestPki {
    private TestPki() {
    }

    /** A self-signed root authority, valid around the present. */
    public static Authority authority(String commonName) {
        return authority(commonName, Clock.systemUTC());
    }

    /** A self-signed root authority, valid around the clock's present; what it issues is valid around the same instant. */
    public static Authority authority(String commonName, Clock clock) {
        return Authority.root(commonName, clock.instant());
    }

    /** An end-entity certificate that signs itself, valid around the present. */
    public static Leaf selfSigned(String dnsName) {
        return selfSigned(dnsName, Clock.systemUTC());
    }

    /** An end-entity certificate that signs itself, valid around the clock's present. */
    public static Leaf selfSigned(String dnsName, Clock clock) {
        return Leaf.selfSigned(dnsName, clock.instant());
    }
}
