/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

/** Permits for tests of what is done with them. */
public final class TestPermits {
    private TestPermits() {
    }

    /** A permit that nothing was checked for. */
    public static Permit issue(Channel channel, SecurityLabel label) {
        return new Permit(channel, label);
    }
}
