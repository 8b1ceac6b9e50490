/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.util.Locale;

import org.jamesdane.dns.Lookup;

/** The words of logs, traces and the management interface for values of this software: lower case, joined by hyphens. */
public final class Words {
    /** Found once for each type: every mail's audit line has some. */
    private static final ClassValue<String> OF_TYPES = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        }
    };

    private Words() {
    }

    /** {@code explicit-mx} for {@code EXPLICIT_MX}. */
    public static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code nx-domain} for a {@link Lookup.NxDomain}. */
    public static String of(Lookup<?> answer) {
        return ofType(answer);
    }

    /** {@code usable} for a {@link TlsaDiscovery.Usable}. */
    public static String of(TlsaDiscovery discovery) {
        return ofType(discovery);
    }

    /** {@code host-not-used} for a {@link TlsRequirement.HostNotUsed}. */
    public static String of(TlsRequirement requirement) {
        return ofType(requirement);
    }

    private static String ofType(Object value) {
        return OF_TYPES.get(value.getClass());
    }
}
