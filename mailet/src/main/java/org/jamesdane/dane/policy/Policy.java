/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.policy;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Demands on deliveries to a destination, on two axes: DANE and TLS. People use the eight names of {@link #parse} only; a combination of
 * two policies can lead to a ninth, {@code audit+encrypt}.
 */
public record Policy(Dane dane, Tls tls) {

    /** Use of TLSA records. */
    public enum Dane {
        /** TLSA records are not asked for. */
        OFF,
        /** A failure is recorded, then the mail goes without (RFC 7672 §9.1). */
        AUDIT,
        /** Opportunistic DANE TLS (RFC 7672 §2.2). */
        ENFORCE,
        /** Mandatory DANE TLS (RFC 7672 §6). */
        MANDATORY
    }

    /** Demand on TLS where TLSA records say nothing. */
    public enum Tls {
        /** No TLS, for peers whose TLS is broken. */
        NONE,
        /** TLS if it can be had, else clear text. */
        MAY,
        /** TLS, unauthenticated, or no delivery. */
        ENCRYPT,
        /** TLS with a host that is authenticated in another way (an MTA-STS policy in mode {@code enforce}), or no delivery. */
        AUTHENTICATE
    }

    public static final Policy NO_TLS = new Policy(Dane.OFF, Tls.NONE);
    public static final Policy MAY = new Policy(Dane.OFF, Tls.MAY);
    public static final Policy ENCRYPT = new Policy(Dane.OFF, Tls.ENCRYPT);
    public static final Policy AUDIT = new Policy(Dane.AUDIT, Tls.MAY);
    /** The default. */
    public static final Policy DANE = new Policy(Dane.ENFORCE, Tls.MAY);
    public static final Policy DANE_ENCRYPT = new Policy(Dane.ENFORCE, Tls.ENCRYPT);
    /** An authenticated host or no delivery, be it by DANE or by MTA-STS. */
    public static final Policy AUTHENTICATED = new Policy(Dane.ENFORCE, Tls.AUTHENTICATE);
    /** The strictest. */
    public static final Policy DANE_ONLY = new Policy(Dane.MANDATORY, Tls.AUTHENTICATE);

    private static final Map<String, Policy> BY_NAME = byName();

    public Policy {
        if (dane != Dane.OFF && tls == Tls.NONE) {
            throw new IllegalArgumentException("DANE without TLS is no policy");
        }
        if (dane == Dane.MANDATORY && tls != Tls.AUTHENTICATE) {
            throw new IllegalArgumentException("Mandatory DANE without authentication is no policy");
        }
        if (tls == Tls.AUTHENTICATE && dane.compareTo(Dane.ENFORCE) < 0) {
            throw new IllegalArgumentException("Authentication without DANE is no policy");
        }
    }

    private static Map<String, Policy> byName() {
        Map<String, Policy> names = new LinkedHashMap<>();
        names.put("none", NO_TLS);
        names.put("may", MAY);
        names.put("encrypt", ENCRYPT);
        names.put("audit", AUDIT);
        names.put("dane", DANE);
        names.put("dane-encrypt", DANE_ENCRYPT);
        names.put("authenticated", AUTHENTICATED);
        names.put("dane-only", DANE_ONLY);
        return names;
    }

    /**
     * The policy of that name, in any case.
     *
     * @throws IllegalArgumentException naming what is allowed
     */
    public static Policy parse(String name) {
        requireKnown(name);
        return stored(name);
    }

    /**
     * Refuses a name that is none of a policy.
     *
     * @throws IllegalArgumentException naming what is allowed
     */
    public static void requireKnown(String name) {
        if (!isKnown(name)) {
            throw new IllegalArgumentException("\"" + name + "\" is no policy; allowed are " + String.join(", ", BY_NAME.keySet()));
        }
    }

    /**
     * The policy of a name that was stored, perhaps by a newer version of this extension, which has more policies. A name that is not
     * known here stands for the strictest policy.
     */
    public static Policy stored(String name) {
        return BY_NAME.getOrDefault(name.toLowerCase(Locale.ROOT), DANE_ONLY);
    }

    /** Tests whether {@link #parse} knows the name. */
    public static boolean isKnown(String name) {
        return BY_NAME.containsKey(name.toLowerCase(Locale.ROOT));
    }

    /** The stricter of two policies on each axis. */
    public Policy and(Policy other) {
        return new Policy(dane.compareTo(other.dane) >= 0 ? dane : other.dane, tls.compareTo(other.tls) >= 0 ? tls : other.tls);
    }

    /** Policy for the second pass of an audit: the same without DANE. Only a policy that audits has one. */
    public Policy withoutDane() {
        return new Policy(Dane.OFF, tls);
    }

    /** Tests whether TLSA records are asked for at all. */
    public boolean usesDane() {
        return dane != Dane.OFF;
    }

    /**
     * Tests whether only an authenticated host will do. Then nothing that an unsigned zone says returns a mail, since it may be forged.
     * It may say that a domain does not exist, takes no mail, or has no hosts or addresses.
     */
    public boolean demandsAuthentication() {
        return tls == Tls.AUTHENTICATE;
    }

    @Override
    public String toString() {
        return BY_NAME.entrySet().stream()
            .filter(entry -> entry.getValue().equals(this))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseGet(() -> dane.name().toLowerCase(Locale.ROOT) + "+" + tls.name().toLowerCase(Locale.ROOT));
    }
}
