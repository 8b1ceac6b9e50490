/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

/** Kind of an operator's setting. */
public enum SettingKind {
    /** Policy that a next-hop domain is held to, instead of the default. */
    POLICY("policy", "policies", "policy", 100_000),
    /** A zone that is taken as insecure for a time (RFC 7646). */
    NEGATIVE_TRUST_ANCHOR("negative trust anchor", "negative-trust-anchors", "", 1000),
    /** Domain whose MTA-STS policy is not followed, or only reported. */
    MTA_STS_EXCEPTION("MTA-STS exception", "mta-sts-exceptions", "mode", 10_000);

    private final String word;
    private final String plural;
    private final String valueField;
    private final int max;

    SettingKind(String word, String plural, String valueField, int max) {
        this.word = word;
        this.plural = plural;
        this.valueField = valueField;
        this.max = max;
    }

    /** Name of an entry's value as JSON; empty where entries have none. */
    public String valueField() {
        return valueField;
    }

    /** Most entries of the kind. Policies are read and written as a whole; each of the others is an incident. */
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
