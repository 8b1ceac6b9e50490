/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.util.Optional;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.mtasts.StsRules;

/**
 * Findings of the DNS about one host.
 *
 * @param host the host
 * @param addresses its addresses
 * @param discovery its TLSA records; empty if it has no address to connect to
 * @param decision what a connection to it must be, with the part of MTA-STS in that; empty if it has no address to connect to
 */
public record HostFinding(MxHost host, HostAddresses addresses, Optional<TlsaDiscovery> discovery,
        Optional<StsRules.Decision> decision) {

    /** Requirement on a connection to the host; empty if it has no address to connect to. */
    public Optional<TlsRequirement> requirement() {
        return decision.map(StsRules.Decision::requirement);
    }


    /** Reason for which the host is not used; empty if it is. */
    public Optional<HostFailure> failure() {
        if (addresses instanceof HostAddresses.NotFound none) {
            return Optional.of(none.failure());
        }
        return requirement().flatMap(each -> each instanceof TlsRequirement.HostNotUsed refused ? Optional.of(refused.failure())
            : Optional.empty());
    }

    /** Requirement on a connection to the host, if the host is used. */
    public Optional<TlsRequirement> usable() {
        return requirement().filter(each -> !(each instanceof TlsRequirement.HostNotUsed));
    }
}
