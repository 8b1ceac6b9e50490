/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.pkix.CertificateBytes;
import org.jamesdane.dns.TlsaRecord;

/**
 * Selection of the records of a secure TLSA RRset that are matched (RFC 6698 §4.1, RFC 7672 §3.1.3, RFC 7671 §9).
 */
public final class TlsaUsability {
    /** Certificate usage DANE-TA (RFC 7218 §2.1). */
    public static final int DANE_TA = 2;
    /** Certificate usage DANE-EE (RFC 7218 §2.1). */
    public static final int DANE_EE = 3;
    /** Selector Cert (RFC 7218 §2.2). */
    public static final int CERT = 0;
    /** Selector SPKI (RFC 7218 §2.2). */
    public static final int SPKI = 1;
    /** Matching type Full (RFC 7218 §2.3). */
    public static final int FULL = 0;
    /** Matching type SHA2-256 (RFC 7218 §2.3). */
    public static final int SHA2_256 = 1;
    /** Matching type SHA2-512 (RFC 7218 §2.3). */
    public static final int SHA2_512 = 2;

    /**
     * Records matched for one host. A DNS message of 64 KiB holds more; RRsets in use have one to about ten, and a key roll-over
     * doubles them.
     */
    public static final int MAX_RECORDS = 100;

    private static final int SHA2_256_OCTETS = 32;
    private static final int SHA2_512_OCTETS = 64;

    private final List<TlsaRecord> usable = new ArrayList<>();
    private final List<Unusable> unusable = new ArrayList<>();

    private TlsaUsability() {
    }

    /** Sorts the records of one RRset. */
    public static TlsaUsability of(List<TlsaRecord> records) {
        TlsaUsability sorted = new TlsaUsability();
        List<TlsaRecord> understood = new ArrayList<>();
        for (TlsaRecord each : new LinkedHashSet<>(records)) {
            defect(each).ifPresentOrElse(defect -> sorted.reject(each, defect, RfcSection.USABILITY), () -> understood.add(each));
        }
        for (TlsaRecord each : understood) {
            sorted.chooseAmong(each, understood);
        }
        return sorted;
    }

    /** The records to match; empty if there are none. */
    public Optional<UsableTlsaSet> usable() {
        return usable.isEmpty() ? Optional.empty() : Optional.of(new UsableTlsaSet(usable, unusable));
    }

    /** The others. */
    public List<Unusable> unusable() {
        return List.copyOf(unusable);
    }

    private void reject(TlsaRecord each, String reason, RfcSection section) {
        unusable.add(new Unusable(each, reason, section));
    }

    /** RFC 7671 §9: after the unusable ones were discarded, the strongest digest of each usage and selector counts, and Full does. */
    private void chooseAmong(TlsaRecord each, List<TlsaRecord> understood) {
        if (each.matchingType() == SHA2_256 && understood.stream().anyMatch(other -> other.matchingType() == SHA2_512
                && other.usage() == each.usage() && other.selector() == each.selector())) {
            reject(each, "there is a stronger digest for the same usage and selector", RfcSection.AGILITY);
        } else if (usable.size() == MAX_RECORDS) {
            reject(each, "more than " + MAX_RECORDS + " records are not matched", RfcSection.USABILITY);
        } else {
            usable.add(each);
        }
    }

    /** Finds what makes a record unusable by itself, whatever the others are. */
    private static Optional<String> defect(TlsaRecord each) {
        if (each.usage() == 0 || each.usage() == 1) {
            // RFC 7672 §3.1.3: clients may treat PKIX-TA and PKIX-EE as unusable; there is no canon of CAs among mail servers.
            return Optional.of("certificate usage " + each.usage() + " needs a public CA and is not used for SMTP");
        }
        if (each.usage() != DANE_TA && each.usage() != DANE_EE) {
            return Optional.of("certificate usage " + each.usage() + " is unknown");
        }
        if (each.selector() != CERT && each.selector() != SPKI) {
            return Optional.of("selector " + each.selector() + " is unknown");
        }
        return switch (each.matchingType()) {
            case FULL -> fullDefect(each);
            case SHA2_256 -> lengthDefect(each, SHA2_256_OCTETS);
            case SHA2_512 -> lengthDefect(each, SHA2_512_OCTETS);
            default -> Optional.of("matching type " + each.matchingType() + " is unknown");
        };
    }

    private static Optional<String> lengthDefect(TlsaRecord each, int octets) {
        // RFC 7671 §9: an incorrect digest length makes a record malformed.
        return each.associationDataLength() == octets ? Optional.empty()
            : Optional.of("its digest has " + each.associationDataLength() + " octets instead of " + octets);
    }

    private static Optional<String> fullDefect(TlsaRecord each) {
        // RFC 6698 §4.1: malformed comparison data make a record unusable.
        if (each.selector() == CERT) {
            // The form alone: what a parser thinks of the rest must not ease what the domain demands.
            return CertificateBytes.isCertificate(each.associationData()) ? Optional.empty()
                : Optional.of("its data is no certificate");
        }
        return CertificateBytes.isPublicKeyInfo(each.associationData()) ? Optional.empty()
            : Optional.of("its data is no subject public key info");
    }

    /**
     * A TLSA record that is not used for authentication.
     *
     * @param record the record as it came
     * @param reason one clause, for people
     * @param section the rule by which it is not used
     */
    public record Unusable(TlsaRecord record, String reason, RfcSection section) {
        @Override
        public String toString() {
            return record + " (" + reason + ")";
        }
    }
}
