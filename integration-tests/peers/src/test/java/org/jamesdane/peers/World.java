/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.peers.Listener.Software;
import org.jamesdane.peers.Verdict.Word;
import org.jamesdane.testing.pki.Credential;

/** Zones, mail hosts and destinations, as wished for; nothing runs yet. */
final class World {
    /** Number of addresses that java-in-namespace gives to the loopback interface. */
    private static final int IPV6_ADDRESSES = 16;

    private final Map<String, Zone> zones = new LinkedHashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Destination> destinations = new ArrayList<>();
    private final Map<Software, Integer> hosts = new HashMap<>();
    private int hosts6;

    List<Zone> zones() {
        return List.copyOf(zones.values());
    }

    List<Listener> listeners() {
        return List.copyOf(listeners);
    }

    List<Destination> destinations() {
        return List.copyOf(destinations);
    }

    /** The zone of that name, made at the first call. */
    Zone zone(String name) {
        return zones.computeIfAbsent(name, Zone::new);
    }

    /** An IPv4 address at which the software shows this. */
    String host(Software software, Credential credential) {
        return listen(software, next(software), Optional.of(credential));
    }

    /** An IPv6 address at which the software shows this. */
    String host6(Software software, Credential credential) {
        hosts6++;
        if (hosts6 > IPV6_ADDRESSES) {
            throw new IllegalStateException("There are only " + IPV6_ADDRESSES + " IPv6 addresses");
        }
        return listen(software, "fd25::" + Integer.toHexString(hosts6), Optional.of(credential));
    }

    /** An IPv4 address at which the software does not offer TLS. */
    String hostWithoutTls(Software software) {
        return listen(software, next(software), Optional.empty());
    }

    private String next(Software software) {
        return software.network() + hosts.merge(software, 1, Integer::sum);
    }

    private String listen(Software software, String address, Optional<Credential> credential) {
        listeners.add(new Listener(software, address, credential));
        return address;
    }

    /** A destination whose mail has to arrive at this software. */
    void taken(String domain, String story, Word expected, Software by) {
        destinations.add(new Destination(domain, story, expected, Optional.of(by)));
    }

    /** A destination whose mail must not arrive. */
    void refused(String domain, String story, Word expected) {
        destinations.add(new Destination(domain, story, expected, Optional.empty()));
    }
}
