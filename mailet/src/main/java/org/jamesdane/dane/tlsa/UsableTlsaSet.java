/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import java.util.List;

import org.jamesdane.dns.TlsaRecord;

/**
 * The TLSA records a host is authenticated by: at least one. Only {@link TlsaUsability} makes such a set, so that code that holds a set
 * need not test again if its records can be used.
 */
public final class UsableTlsaSet {
    private final List<TlsaRecord> records;
    private final List<TlsaUsability.Unusable> leftOut;

    UsableTlsaSet(List<TlsaRecord> records, List<TlsaUsability.Unusable> leftOut) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("a set of usable TLSA records without any");
        }
        this.records = List.copyOf(records);
        this.leftOut = List.copyOf(leftOut);
    }

    /** The records to match, each once. */
    public List<TlsaRecord> records() {
        return records;
    }

    /** The records of the RRset that are not matched, with the reasons. */
    public List<TlsaUsability.Unusable> leftOut() {
        return leftOut;
    }

    @Override
    public String toString() {
        return records.toString();
    }
}
