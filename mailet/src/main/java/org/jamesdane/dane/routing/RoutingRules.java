/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

import org.jamesdane.dns.DomainName;

/**
 * Names and addresses of this server, and limits on the targets of one mail.
 *
 * @param ownNames names by which this server is known in MX records
 * @param ownAddresses addresses at which this server takes mail from others
 * @param allowedSpecialTargets private, loopback, link-local and other special addresses that may be connected to all the same
 * @param maxHosts hosts tried for one mail at one time, at least 1
 * @param maxAddresses addresses tried for one host, at least 2 (RFC 5321 §5.1)
 */
public record RoutingRules(Set<DomainName> ownNames, Set<InetAddress> ownAddresses, List<AddressRange> allowedSpecialTargets,
        int maxHosts, int maxAddresses) {
    /** Large providers list up to about ten hosts. */
    public static final int DEFAULT_MAX_HOSTS = 20;
    /** RFC 5321 §5.1 allows a limit, and wants at least two tried. */
    public static final int DEFAULT_MAX_ADDRESSES = 10;

    public RoutingRules {
        ownNames = Set.copyOf(ownNames);
        ownAddresses = Set.copyOf(ownAddresses);
        allowedSpecialTargets = List.copyOf(allowedSpecialTargets);
        if (maxHosts < 1) {
            throw new IllegalArgumentException("At least one host must be tried, not " + maxHosts);
        }
        if (maxAddresses < 2) {
            throw new IllegalArgumentException("At least two addresses of a host must be tried, not " + maxAddresses);
        }
    }

    /** Rules of a server that knows nothing of itself. */
    public static RoutingRules defaults() {
        return new RoutingRules(Set.of(), Set.of(), List.of(), DEFAULT_MAX_HOSTS, DEFAULT_MAX_ADDRESSES);
    }

    /** Tests whether a mail may go to that address at all. */
    public boolean mayConnectTo(InetAddress address) {
        return AddressScope.of(address) == AddressScope.GLOBAL
            || allowedSpecialTargets.stream().anyMatch(range -> range.contains(address));
    }
}
