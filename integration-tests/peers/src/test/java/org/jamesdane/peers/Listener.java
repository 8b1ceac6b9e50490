/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.Optional;

import org.jamesdane.testing.pki.Credential;

/**
 * Address at which a mail server takes mail on port 25.
 *
 * @param credential what it shows there; without one it does not offer STARTTLS
 */
record Listener(Software software, String address, Optional<Credential> credential) {

    /** The software of mail hosts. */
    enum Software {
        POSTFIX("127.25.1."), EXIM("127.25.2."), OPENSMTPD("127.25.3.");

        private final String network;

        Software(String network) {
            this.network = network;
        }

        /** The first three octets of its IPv4 addresses. */
        String network() {
            return network;
        }

        /** Name of the server in the Received header. */
        String hostName() {
            return word() + ".receiver.example";
        }

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
