/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.trace;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.Lookup;

/** Published words of the audit line, traces and REST answers: lower case, joined by hyphens, whatever the types are called. */
public final class Labels {
    private static final Map<Class<?>, String> OF_VARIANTS = Map.ofEntries(
        entry(Lookup.Found.class, "found"),
        entry(Lookup.Alias.class, "alias"),
        entry(Lookup.NoData.class, "no-data"),
        entry(Lookup.NxDomain.class, "nx-domain"),
        entry(Lookup.Failed.class, "failed"),
        entry(TlsaDiscovery.NotApplicable.class, "not-applicable"),
        entry(TlsaDiscovery.Absent.class, "absent"),
        entry(TlsaDiscovery.Unusable.class, "unusable"),
        entry(TlsaDiscovery.Usable.class, "usable"),
        entry(TlsaDiscovery.LookupFailed.class, "lookup-failed"),
        entry(TlsRequirement.NoTls.class, "no-tls"),
        entry(TlsRequirement.Opportunistic.class, "opportunistic"),
        entry(TlsRequirement.Encrypt.class, "encrypt"),
        entry(TlsRequirement.Dane.class, "dane"),
        entry(TlsRequirement.Pkix.class, "pkix"),
        entry(TlsRequirement.Sts.class, "sts"),
        entry(TlsRequirement.HostNotUsed.class, "host-not-used"));

    private Labels() {
    }

    /** {@code explicit-mx} for {@code EXPLICIT_MX}. */
    public static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code nx-domain} for a {@link Lookup.NxDomain}. */
    public static String of(Lookup<?> answer) {
        return ofVariant(answer);
    }

    /** {@code usable} for a {@link TlsaDiscovery.Usable}. */
    public static String of(TlsaDiscovery discovery) {
        return ofVariant(discovery);
    }

    /** {@code host-not-used} for a {@link TlsRequirement.HostNotUsed}. */
    public static String of(TlsRequirement requirement) {
        return ofVariant(requirement);
    }

    private static String ofVariant(Object value) {
        return Objects.requireNonNull(OF_VARIANTS.get(value.getClass()), "a word for each variant");
    }

    /** Variants with their words. */
    static Map<Class<?>, String> ofVariants() {
        return OF_VARIANTS;
    }
}
