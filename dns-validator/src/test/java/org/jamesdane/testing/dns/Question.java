/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

/**
 * A question that a server got.
 *
 * @param name in lower case, without a final dot unless it is the root
 * @param type by mnemonic
 * @param dnssecOk the DO bit (RFC 3225)
 * @param checkingDisabled the CD bit (RFC 4035 §3.2.2)
 */
public record Question(String name, String type, Transport transport, boolean dnssecOk, boolean checkingDisabled) {
    @Override
    public String toString() {
        return name + " " + type + (transport == Transport.TCP ? " over TCP" : "") + (checkingDisabled ? "" : " without CD");
    }
}
