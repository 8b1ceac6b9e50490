/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/**
 * Reason for which a mail was not offered to a host at all: the host's EHLO already says that the host cannot take it. Nothing was written.
 */
public sealed interface Unsendable {

    /** Sentence without a final stop. */
    String describe();

    /**
     * The message is larger than the host's limit (RFC 1870 §5).
     *
     * @param octets the size of the message
     * @param limit what the host takes
     */
    record TooLarge(long octets, long limit) implements Unsendable {
        @Override
        public String describe() {
            return "the message has " + octets + " octets and the host takes at most " + limit;
        }
    }

    /** The message has 8-bit content and the host does not offer 8BITMIME (RFC 6152 §3): it needs conversion to 7 bit. */
    record NeedsSevenBit() implements Unsendable {
        @Override
        public String describe() {
            return "the message has 8-bit content and the host does not offer 8BITMIME";
        }
    }

    /** An address or the message needs SMTPUTF8, and the host does not offer it (RFC 6531 §3.2). */
    record NeedsSmtpUtf8() implements Unsendable {
        @Override
        public String describe() {
            return "the mail is internationalised and the host does not offer SMTPUTF8";
        }
    }

    /** The envelope requires REQUIRETLS, and the host did not offer it under TLS (RFC 8689 §2). */
    record NeedsRequireTls() implements Unsendable {
        @Override
        public String describe() {
            return "the mail requires REQUIRETLS and the host does not offer it under TLS";
        }
    }
}
