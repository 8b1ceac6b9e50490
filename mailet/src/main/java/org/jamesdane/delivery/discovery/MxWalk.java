/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.MxRouting;
import org.jamesdane.dane.routing.Routing;

/** Walk over the hosts of a route, level by level, up to this server itself (RFC 5321 §5.1). */
public final class MxWalk {
    private MxWalk() {
    }

    /**
     * Resolves the hosts of one level after the other and visits them. If one host of a level is this server, none of the level is
     * visited, and none behind it, whatever the order within the level.
     *
     * @param policy the policy that the mail is held to
     * @param atOnce whether a host may be visited before the rest of its level is resolved, since none can be this server
     * @param resolve the addresses of a host; empty leaves the host out
     * @param visit takes what {@code resolve} gave, but this server itself
     * @return the route, or what is left of it before this server
     */
    public static Routing walk(Routing.Route route, Policy policy, boolean atOnce, Function<MxHost, Optional<HostAddresses>> resolve,
            Consumer<HostAddresses> visit) {
        for (List<MxHost> level : route.levels()) {
            List<HostAddresses> resolved = new ArrayList<>();
            for (MxHost host : level) {
                Optional<HostAddresses> addresses = resolve.apply(host);
                if (addresses.orElse(null) instanceof HostAddresses.Ourselves ourselves) {
                    return MxRouting.before(ourselves, route, policy);
                }
                addresses.ifPresent(resolved::add);
                if (atOnce || level.size() == 1) {
                    resolved.forEach(visit);
                    resolved.clear();
                }
            }
            resolved.forEach(visit);
        }
        return route;
    }
}
