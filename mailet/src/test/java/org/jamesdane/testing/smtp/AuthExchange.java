/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** AUTH PLAIN (RFC 4616) and AUTH LOGIN, each with or without an initial response. What it is given, it believes. */
final class AuthExchange {
    /** Sends a challenge, in base 64, and reads the line that answers it. */
    interface Challenge {
        String ask(String base64) throws IOException;
    }

    private final Protection protection;
    private final Challenge challenge;

    AuthExchange(Protection protection, Challenge challenge) {
        this.protection = protection;
        this.challenge = challenge;
    }

    Login perform(String argument) throws IOException {
        String[] words = argument.split(" ", 2);
        String mechanism = words[0].toUpperCase(Locale.ROOT);
        if (mechanism.equals("PLAIN")) {
            String[] parts = decode(words.length > 1 ? words[1] : challenge.ask("")).split("\0", -1);
            return new Login(mechanism, parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "", protection);
        }
        if (mechanism.equals("LOGIN")) {
            String user = decode(words.length > 1 ? words[1] : challenge.ask(encode("Username:")));
            return new Login(mechanism, user, decode(challenge.ask(encode("Password:"))), protection);
        }
        return new Login(mechanism, "", "", protection);
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64.strip()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "not base 64: " + base64;
        }
    }
}
