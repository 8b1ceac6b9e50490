/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.deferral;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dns.DomainName;
import org.jamesdane.text.AddressDomain;

/** Selection of deferred mails. Domains and addresses are compared without regard to case. */
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

    /** Mails for recipients of a domain, in A-labels or U-labels as the mail has it. */
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

    /**
     * Mails for recipients of any of these domains, in A-labels or U-labels.
     *
     * @param names the domains themselves
     * @param parents domains below which all others are meant, themselves not
     */
    record OfDomains(Set<DomainName> names, Set<DomainName> parents) implements DeferredSelection {
        public OfDomains {
            names = Set.copyOf(names);
            parents = Set.copyOf(parents);
        }

        /** Selects one domain alone. */
        public static OfDomains only(DomainName name) {
            return new OfDomains(Set.of(name), Set.of());
        }

        @Override
        public boolean includes(String recipient) {
            return mayInclude(domainOf(recipient));
        }

        @Override
        public boolean mayInclude(String domain) {
            return DomainName.parse(domain).filter(name -> names.contains(name) || isBelowAParent(name)).isPresent();
        }

        private boolean isBelowAParent(DomainName name) {
            for (Optional<DomainName> above = name.parent(); above.isPresent(); above = above.get().parent()) {
                if (parents.contains(above.get())) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Mails for one recipient. */
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

    /** Tests whether this recipient of a mail is meant. */
    boolean includes(String recipient);

    /** Tests whether a recipient of this domain could be meant. */
    boolean mayInclude(String domain);

    /** The domain of an address, in lower case; the whole of what has none. */
    static String domainOf(String address) {
        return lowerCase(AddressDomain.of(address));
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
