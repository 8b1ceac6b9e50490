/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.util.List;

/**
 * The argument of MAIL or RCPT.
 *
 * @param address what stood between the angle brackets
 * @param parameters the ESMTP parameters behind it, as they were written
 */
public record Mailbox(String address, List<String> parameters) {
    public Mailbox {
        parameters = List.copyOf(parameters);
    }

    /** Reads {@code FROM:<address> PARAMETER=value …}. What has no brackets is an address as a whole. */
    static Mailbox parse(String argument) {
        int open = argument.indexOf('<');
        if (open < 0) {
            return new Mailbox(argument, List.of());
        }
        boolean quoted = false;
        for (int i = open + 1; i < argument.length(); i++) {
            char c = argument.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '>' && !quoted) {
                String rest = argument.substring(i + 1).strip();
                return new Mailbox(argument.substring(open + 1, i), rest.isEmpty() ? List.of() : List.of(rest.split(" +")));
            }
        }
        return new Mailbox(argument.substring(open + 1), List.of());
    }
}
