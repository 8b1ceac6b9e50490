/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.failure.TlsReportType;

/**
 * Outcome of a mail for one recipient after all hosts were tried that could be.
 */
public sealed interface Outcome {

    /**
     * A host took it.
     *
     * @param host the MX host, not expanded (RFC 7672 §2.2.1)
     * @param label what the delivery may be called
     * @param reply the host's reply
     * @param notifies whether the host was told of the sender's wishes for notifications and fulfils them itself (RFC 3461 §5.2.1)
     * @param diagnostic the reply word for word, in ASCII
     */
    record Delivered(RecipientKey recipient, String host, SecurityLabel label, String reply, boolean notifies, String diagnostic)
            implements Outcome {
        /** Taken by a host that was told of the sender's wishes, with a reply in ASCII. */
        public Delivered(RecipientKey recipient, String host, SecurityLabel label, String reply) {
            this(recipient, host, label, reply, true, reply);
        }
    }

    /** The mail is tried again later. */
    record Deferred(RecipientKey recipient, Reason reason) implements Outcome {
    }

    /** The mail is returned now. */
    record Bounced(RecipientKey recipient, Reason reason) implements Outcome {
    }

    /**
     * Reason for which a mail was not delivered.
     *
     * @param code the enhanced status code
     * @param text what to say, as one sentence or a host's reply
     * @param witness the host it is about, or the domain, and its reply
     * @param reportType the result type for TLS reports, where TLS is the reason
     * @param section the rule behind it
     * @param ownFault whether nothing but this server is to blame, so that the mail must neither age nor be counted
     * @param failures of all hosts that failed, in the order in which they were tried
     */
    record Reason(EnhancedStatusCode code, String text, Witness witness, Optional<TlsReportType> reportType, RfcSection section,
            boolean ownFault, List<HostFailure> failures) {
        private static final Pattern REPLY = Pattern.compile("([45]\\d\\d) .*", Pattern.DOTALL);

        public Reason {
            failures = List.copyOf(failures);
        }

        /** The reason without a reply. */
        public Reason(EnhancedStatusCode code, String text, String host, Optional<TlsReportType> reportType, RfcSection section,
                boolean ownFault, List<HostFailure> failures) {
            this(code, text, new Witness(host, Optional.empty()), reportType, section, ownFault, failures);
        }

        /** The host it is about, or the domain. */
        public String host() {
            return witness.host();
        }

        /** The code of the host's reply, where a reply decided it. */
        public OptionalInt replyCode() {
            Matcher reply = REPLY.matcher(text);
            return section.equals(RfcSection.SMTP_REPLIES) && reply.matches() ? OptionalInt.of(Integer.parseInt(reply.group(1)))
                : OptionalInt.empty();
        }
    }

    /**
     * Host or domain that a reason is about.
     *
     * @param host the host, or the domain
     * @param reply the host's reply that decided it, word for word and in ASCII
     */
    record Witness(String host, Optional<String> reply) {
    }

    /** The recipient. */
    RecipientKey recipient();
}
