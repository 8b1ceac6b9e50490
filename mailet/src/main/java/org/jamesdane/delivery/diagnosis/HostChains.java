/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The certificates that the addresses of a host show, whether anything authenticates them or not.
 *
 * @param chains each as it was sent, the leaf first
 * @param failures of the addresses that showed none, a sentence each
 */
public record HostChains(List<List<X509Certificate>> chains, List<String> failures) {
    public HostChains {
        chains = List.copyOf(chains);
        failures = List.copyOf(failures);
    }
}
