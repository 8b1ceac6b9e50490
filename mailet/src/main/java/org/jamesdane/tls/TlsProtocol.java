/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A version of TLS that may be offered. Older ones than these must not be used (RFC 8996 §4, §5).
 */
public enum TlsProtocol {
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String standardName;

    TlsProtocol(String standardName) {
        this.standardName = standardName;
    }

    /**
     * The protocol of that name.
     *
     * @param name {@code TLSv1.2} or {@code TLSv1.3}, in any case
     * @throws IllegalArgumentException with a sentence that names what is allowed
     */
    public static TlsProtocol named(String name) {
        return Arrays.stream(values())
            .filter(protocol -> protocol.standardName.equalsIgnoreCase(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" is no TLS protocol that can be offered; allowed: "
                + Arrays.stream(values()).map(TlsProtocol::toString).collect(Collectors.joining(", "))));
    }

    /** The name used by the Java platform and in configuration. */
    @Override
    public String toString() {
        return standardName;
    }
}
