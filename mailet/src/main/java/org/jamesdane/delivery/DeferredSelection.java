/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.Locale;

/** Which deferred mails are meant. Domains and addresses are compared without regard to case. */
public sealed interface DeferredSelection {

    /** Every deferred mail. */
    record All() implements DeferredSelection {
        @Override
        public boolean includes(String recipient) {
            return true;
        }

        @Override
        public boolean mayInclude(String domain) {
            return true;
        }
    }

    /** Those for recipients of a domain, in A-labels or U-labels as the mail has it. */
    record OfDomain(String domain) implements DeferredSelection {
        public OfDomain {
            domain = lowerCase(domain);
        }

        @Override
        public boolean includes(String recipient) {
            return domainOf(recipient).equals(domain);
        }

        @Override
        public boolean mayInclude(String other) {
            return domain.equals(lowerCase(other));
        }
    }

    /** Those for one recipient. */
    record OfRecipient(String address) implements DeferredSelection {
        public OfRecipient {
            address = lowerCase(address);
        }

        @Override
        public boolean includes(String recipient) {
            return lowerCase(recipient).equals(address);
        }

        @Override
        public boolean mayInclude(String domain) {
            return domainOf(address).equals(lowerCase(domain));
        }
    }

    /** Whether this recipient of a mail is meant. */
    boolean includes(String recipient);

    /** Whether a recipient of this domain could be meant. */
    boolean mayInclude(String domain);

    /** The domain of an address, in lower case; the whole of what has none. */
    static String domainOf(String address) {
        return lowerCase(address.substring(address.lastIndexOf('@') + 1));
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
