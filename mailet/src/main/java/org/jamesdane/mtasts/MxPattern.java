/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.util.Optional;
import java.util.regex.Pattern;

import org.jamesdane.dns.DomainName;

/**
 * A pattern of a policy's list of mail hosts: a name, or a wildcard and a name (RFC 8461 §3.2). Names are A-labels, and compared without
 * regard to case.
 */
public final class MxPattern {
    /** {@code ["*."] Domain}, with the {@code Domain} of RFC 5321 §4.1.2. */
    private static final Pattern SYNTAX = Pattern.compile(
        "(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*+");
    private static final String WILDCARD = "*.";
    /** Characters of the longest pattern: those of the longest name, and a wildcard. */
    private static final int MAX_CHARACTERS = 255;

    private final boolean wildcard;
    private final DomainName name;

    private MxPattern(boolean wildcard, DomainName name) {
        this.wildcard = wildcard;
        this.name = name;
    }

    /** The pattern of a text; empty where it is none. */
    public static Optional<MxPattern> parse(String text) {
        if (text.length() > MAX_CHARACTERS || !SYNTAX.matcher(text).matches()) {
            return Optional.empty();
        }
        boolean wildcard = text.startsWith(WILDCARD);
        return DomainName.parse(wildcard ? text.substring(WILDCARD.length()) : text).map(name -> new MxPattern(wildcard, name));
    }

    /** Tests whether a host may have that name, which is the one in the MX record and not what an alias leads to. */
    public boolean matches(DomainName host) {
        // RFC 8461 §4.1: the wildcard is the entire left-most label, and stands for one. No list of public suffixes narrows it.
        return wildcard ? host.parent().filter(name::equals).isPresent() : host.equals(name);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MxPattern that && wildcard == that.wildcard && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Boolean.hashCode(wildcard);
    }

    /** The pattern in lower case. */
    @Override
    public String toString() {
        return (wildcard ? WILDCARD : "") + name;
    }
}
