/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A mailbox as it stands in MAIL and RCPT, without the angle brackets (RFC 5321 §4.1.2, RFC 6531 §3.3).
 *
 * <p>A path cannot hold anything that would end the path or the command line. Control characters are refused; space, angle bracket and
 * other specials stand only inside a quoted local part. Dots in the local part are treated more leniently than by the grammar, since such
 * addresses exist and do no harm.
 */
public final class MailPath {
    /** RFC 5321 §4.5.3.1.3 requires 256 of a server and wishes for no limit; this one keeps a command line near its 1000 octets. */
    private static final int MAX_OCTETS = 900;
    /** Most characters of a wrong address that a message repeats. */
    private static final int SHOWN_CHARACTERS = 80;

    /** Any character beyond ASCII that is a letter, mark, number, punctuation or symbol (RFC 6531 §3.3, without the unprintable). */
    private static final String BEYOND_ASCII = "[^\\p{ASCII}\\p{C}\\p{Z}]";
    /** RFC 5321 §4.1.2: Dot-string of atext (RFC 5322 §3.2.3); quoted-string; Domain or address-literal. */
    private static final Pattern FORM = Pattern.compile(
        "(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\\-" + BEYOND_ASCII + "]+"
            + "|\"(?:[ !#-\\[\\]-~" + BEYOND_ASCII + "]|\\\\[ -~])*+\")"
            + "@(?:[A-Za-z0-9._\\-" + BEYOND_ASCII + "]+|\\[[!-Z^-~]+\\])");

    private final String text;

    private MailPath(String text) {
        this.text = text;
    }

    /**
     * Reads an address, {@code user@example.org}.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static MailPath of(String text) {
        int octets = text.getBytes(StandardCharsets.UTF_8).length;
        if (octets > MAX_OCTETS) {
            throw invalid(text, "it has " + octets + " octets, at most " + MAX_OCTETS + " are sent");
        }
        if (!FORM.matcher(text).matches()) {
            throw invalid(text, "RFC 5321 §4.1.2 allows local-part@domain or local-part@[literal] without control characters");
        }
        return new MailPath(text);
    }

    /** Reads an address as {@link #of} does; empty where the text is none. */
    public static Optional<MailPath> parse(String text) {
        try {
            return Optional.of(of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Tests whether the address can be sent without SMTPUTF8. */
    public boolean isAscii() {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static IllegalArgumentException invalid(String text, String why) {
        String shown = text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
        return new IllegalArgumentException("\"" + shown.replaceAll("\\p{C}", "?") + "\" cannot be a path in SMTP: " + why);
    }

    /** By the exact text: only the receiving host knows which letters of a local part count (RFC 5321 §2.4). */
    @Override
    public boolean equals(Object other) {
        return other instanceof MailPath that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The address without angle brackets. */
    @Override
    public String toString() {
        return text;
    }
}
