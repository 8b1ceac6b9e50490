/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Sender and recipients of a mail, and the conditions of its delivery (RFC 5321 §2.3.1).
 *
 * @param sender the reverse-path; empty is the null reverse-path of notifications
 * @param recipients at least one; equal ones count once
 * @param returned how much of the message a notification of failure returns; empty leaves it to the receiving side
 * @param envelopeId the sender's ENVID, not encoded as xtext (RFC 3461 §4.4)
 * @param smtpUtf8 whether the message itself needs SMTPUTF8, be the addresses ASCII or not (RFC 6531 §3.2)
 * @param requireTls whether the message must go with REQUIRETLS (RFC 8689 §4.2.1)
 */
public record Envelope(Optional<MailPath> sender, List<Recipient> recipients, Optional<Returned> returned, Optional<String> envelopeId,
                       boolean smtpUtf8, boolean requireTls) {
    /** RFC 3461 §4.4: the ENVID parameter is at most 100 characters long. */
    private static final int MAX_ENVID = 100;

    /** The RET parameter (RFC 3461 §4.3). */
    public enum Returned {
        FULL, HDRS
    }

    public Envelope {
        recipients = List.copyOf(new LinkedHashSet<>(recipients));
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("An envelope needs a recipient");
        }
        if (envelopeId.filter(id -> id.isEmpty() || Xtext.encode(id).length() > MAX_ENVID).isPresent()) {
            throw new IllegalArgumentException("An ENVID must have 1 to " + MAX_ENVID + " characters as xtext");
        }
    }

    /** An envelope without conditions. */
    public static Envelope of(Optional<MailPath> sender, List<Recipient> recipients) {
        return new Envelope(sender, recipients, Optional.empty(), Optional.empty(), false, false);
    }

    /** This envelope for these recipients. */
    public Envelope to(List<Recipient> others) {
        return new Envelope(sender, others, returned, envelopeId, smtpUtf8, requireTls);
    }

    /** This envelope with these wishes about notifications. */
    public Envelope withDsn(Optional<Returned> newReturned, Optional<String> newEnvelopeId) {
        return new Envelope(sender, recipients, newReturned, newEnvelopeId, smtpUtf8, requireTls);
    }

    /** This envelope for a message that needs SMTPUTF8. */
    public Envelope needingSmtpUtf8() {
        return new Envelope(sender, recipients, returned, envelopeId, true, requireTls);
    }

    /** This envelope with REQUIRETLS. */
    public Envelope requiringTls() {
        return new Envelope(sender, recipients, returned, envelopeId, smtpUtf8, true);
    }
}
