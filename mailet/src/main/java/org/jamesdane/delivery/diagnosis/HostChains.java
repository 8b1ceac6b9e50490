/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.util.List;

import org.jamesdane.dane.pkix.PeerCertificate;

/**
 * The certificates that the addresses of a host show, whether anything authenticates them or not.
 *
 * @param chains each as it was sent, the leaf first
 * @param failures of the addresses that showed none, a sentence each
 */
public record HostChains(List<List<PeerCertificate>> chains, List<String> failures) {
    public HostChains {
        chains = List.copyOf(chains);
        failures = List.copyOf(failures);
    }
}
