/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

/** Kind of an operator's setting. */
public enum SettingKind {
    /** Policy that a next-hop domain is held to, instead of the default. */
    POLICY("policy", "policies", 100_000),
    /** A zone that is taken as insecure for a time (RFC 7646). */
    NEGATIVE_TRUST_ANCHOR("negative trust anchor", "negative-trust-anchors", 1000);

    private final String word;
    private final String plural;
    private final int max;

    SettingKind(String word, String plural, int max) {
        this.word = word;
        this.plural = plural;
        this.max = max;
    }

    /** Most entries of the kind. Policies are read and written as a whole, and each negative trust anchor is an incident. */
    public int max() {
        return max;
    }

    /** Name of one entry in sentences. */
    @Override
    public String toString() {
        return word;
    }

    /** Name of the entries in file names, tables and paths. */
    public String plural() {
        return plural;
    }
}
