/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.Optional;

/**
 * A domain that mail is sent to.
 *
 * @param expected what RFC 7672 demands of a sender
 * @param taker the software of the host that takes the mail; empty if none may
 */
record Destination(String domain, String story, Verdict.Word expected, Optional<Listener.Software> taker) {
    String recipient() {
        return "user@" + domain;
    }
}
