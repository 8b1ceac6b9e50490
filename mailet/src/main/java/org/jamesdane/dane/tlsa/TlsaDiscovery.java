/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import java.util.List;

import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.TlsaRecord;

/**
 * Result of the search for a host's TLSA records (RFC 7672 §2.2).
 */
public sealed interface TlsaDiscovery {

    /** Reason for which DANE does not apply to a host. */
    enum Why {
        POLICY("the policy does not use DANE", RfcSection.LOCAL_POLICY),
        ADDRESS_LITERAL("it is given by its address", RfcSection.TLS_DISCOVERY),
        INSECURE_MX("insecure MX records named it, and DANE is not used then", RfcSection.MX_RESOLUTION),
        INSECURE_ADDRESS("its address is not signed", RfcSection.ADDRESSES_FIRST);

        private final String text;
        @SuppressWarnings("ImmutableEnumChecker") // A record of a text; saying so by annotation would take a library.
        private final RfcSection section;

        Why(String text, RfcSection section) {
            this.text = text;
            this.section = section;
        }

        /** The rule behind it. */
        public RfcSection section() {
            return section;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** No TLSA records were asked for. */
    record NotApplicable(Why why) implements TlsaDiscovery {
        @Override
        public List<Resolution<TlsaRecord>> asked() {
            return List.of();
        }
    }

    /** No candidate has secure TLSA records. */
    record Absent(List<Resolution<TlsaRecord>> asked) implements TlsaDiscovery {
        public Absent {
            asked = List.copyOf(asked);
        }
    }

    /**
     * There are secure TLSA records, but none that can be used: the host is committed to TLS all the same.
     *
     * @param base the base domain
     * @param records every record with what makes it unusable
     */
    record Unusable(DomainName base, List<TlsaUsability.Unusable> records, List<Resolution<TlsaRecord>> asked) implements TlsaDiscovery {
        public Unusable {
            records = List.copyOf(records);
            asked = List.copyOf(asked);
        }
    }

    /**
     * There are secure TLSA records that can be used.
     *
     * @param base the base domain
     */
    record Usable(DomainName base, UsableTlsaSet records, List<Resolution<TlsaRecord>> asked) implements TlsaDiscovery {
        public Usable {
            asked = List.copyOf(asked);
        }
    }

    /**
     * A lookup on the way failed: the host counts as unreachable.
     *
     * @param base the candidate whose lookup failed
     */
    record LookupFailed(DomainName base, Lookup.Failed<?> failure, List<Resolution<TlsaRecord>> asked) implements TlsaDiscovery {
        public LookupFailed {
            asked = List.copyOf(asked);
        }
    }

    /** Questions asked, with their answers, in this order. */
    List<Resolution<TlsaRecord>> asked();

    /** Sorts secure TLSA records into usable and unusable ones. */
    static TlsaDiscovery found(DomainName base, List<TlsaRecord> records, List<Resolution<TlsaRecord>> asked) {
        TlsaUsability sorted = TlsaUsability.of(records);
        return sorted.usable().<TlsaDiscovery>map(set -> new Usable(base, set, asked))
            .orElseGet(() -> new Unusable(base, sorted.unusable(), asked));
    }
}
