/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The operator's choice of what every handshake offers.
 *
 * @param profile the set of suites to start from
 * @param protocols the versions, at least one
 * @param cipherSuites the suites in the order of preference; all that the profile allows if none is named
 * @param groups the groups in the order of preference; all if none is named
 */
public record TlsOffer(Profile profile, Set<TlsProtocol> protocols, List<TlsCipherSuite> cipherSuites, List<TlsGroup> groups) {
    /** Everything that may be offered. */
    public static final TlsOffer DEFAULT = of(Set.of());

    /** A named set of suites ({@code smtp.tls.profile}). */
    public enum Profile {
        /** Forward secrecy is preferred, key transport by RSA is offered behind it. */
        INTEROPERABLE("interoperable"),
        /** Only suites with forward secrecy (BSI TR-02102-2, RFC 9325 §4.1). */
        FORWARD_SECRECY("forward-secrecy");

        private final String word;

        Profile(String word) {
            this.word = word;
        }

        /** The word in the configuration. */
        @Override
        public String toString() {
            return word;
        }
    }

    public TlsOffer {
        protocols = protocols.isEmpty() ? Set.of(TlsProtocol.values()) : Set.copyOf(protocols);
        cipherSuites = List.copyOf(cipherSuites.isEmpty() ? suitesOf(profile, protocols) : cipherSuites);
        groups = groups.isEmpty() ? TlsGroup.all() : List.copyOf(groups);
        for (TlsCipherSuite suite : cipherSuites) {
            if (profile == Profile.FORWARD_SECRECY && !suite.isForwardSecret()) {
                throw new IllegalArgumentException(suite + " has no forward secrecy, which smtp.tls.profile=" + profile + " asks for");
            }
        }
        for (TlsProtocol protocol : protocols) {
            if (cipherSuites.stream().noneMatch(suite -> suite.isForTls13() == (protocol == TlsProtocol.TLS_1_3))) {
                throw new IllegalArgumentException("no cipher suite of " + protocol
                    + " is among those named, and smtp.tls.protocols has it");
            }
        }
    }

    /** Everything of the default profile with these versions; none stands for all. */
    public static TlsOffer of(Set<TlsProtocol> protocols) {
        return new TlsOffer(Profile.INTEROPERABLE, protocols, List.of(), List.of());
    }

    private static List<TlsCipherSuite> suitesOf(Profile profile, Set<TlsProtocol> protocols) {
        return (profile == Profile.FORWARD_SECRECY ? TlsCipherSuite.forwardSecret() : List.of(TlsCipherSuite.values())).stream()
            .filter(suite -> protocols.contains(suite.isForTls13() ? TlsProtocol.TLS_1_3 : TlsProtocol.TLS_1_2)).toList();
    }

    /**
     * The settings by which this offers less than it could, as a clause; empty if it offers everything. A host that fails under a
     * narrowed offer fails because of these.
     */
    public List<String> narrowedBy() {
        List<String> settings = new ArrayList<>();
        if (profile != Profile.INTEROPERABLE) {
            settings.add("smtp.tls.profile=" + profile);
        }
        if (protocols.size() < TlsProtocol.values().length) {
            settings.add("smtp.tls.protocols");
        }
        if (!Set.copyOf(cipherSuites).containsAll(suitesOf(profile, protocols))) {
            settings.add("smtp.tls.cipher-suites");
        }
        // The hybrid group alone leaves no host behind: it stands beside X25519.
        if (!groups.containsAll(TlsGroup.all().subList(1, TlsGroup.all().size()))) {
            settings.add("smtp.tls.groups");
        }
        return settings;
    }
}
