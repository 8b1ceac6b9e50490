/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import java.util.Optional;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.HostFailure;

/**
 * Result for one recipient of a transaction with a host whose TLS requirement was met.
 */
public sealed interface RecipientReply {

    /**
     * The host took the message for the recipient.
     *
     * @param reply the reply to the message, code and text
     * @param notifies whether the host was told of the sender's wishes for notifications (RFC 3461 §5.2.1)
     * @param diagnostic the reply word for word, in ASCII
     */
    record Accepted(String reply, boolean notifies, String diagnostic) implements RecipientReply {
        /** Accepted by a host that was told of the sender's wishes, with a reply in ASCII. */
        public Accepted(String reply) {
            this(reply, true, reply);
        }
    }

    /**
     * The host refuses the recipient or the message.
     *
     * @param code the reply code, 400 to 599
     * @param enhanced the enhanced status code of the reply, if it has one
     * @param text the reply's text
     * @param diagnostic the reply word for word, in ASCII; empty where it is not known
     */
    record Rejected(int code, Optional<EnhancedStatusCode> enhanced, String text, Optional<String> diagnostic) implements RecipientReply {
        public Rejected {
            if (code < 400 || code > 599) {
                throw new IllegalArgumentException("A reply that rejects has a code from 400 to 599, not " + code);
            }
        }

        /** Rejected by a reply that is not known word for word. */
        public Rejected(int code, Optional<EnhancedStatusCode> enhanced, String text) {
            this(code, enhanced, text, Optional.empty());
        }

        /** Tests whether trying again, here or elsewhere, makes no sense (RFC 5321 §4.2.1). */
        public boolean isPermanent() {
            return code >= 500;
        }

        /** The enhanced code of the reply if it fits its reply code, else the general one of its class. */
        public EnhancedStatusCode enhancedCode() {
            return enhanced.filter(given -> given.category() == code / 100).orElseGet(() -> new EnhancedStatusCode(code / 100, 0, 0));
        }
    }

    /** The transaction ended before the recipient's fate was told. */
    record Interrupted(HostFailure failure) implements RecipientReply {
    }
}
