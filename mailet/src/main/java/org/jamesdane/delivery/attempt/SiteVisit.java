/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Attribution;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.destination.SitePass;

/** Visit of one attempt to the site of its mail, with what the dialogues there show. Used once, by one thread. */
public final class SiteVisit {
    private final SitePass pass;
    private final List<Attribution> dialogues = new ArrayList<>();
    private boolean entered;
    private boolean yielded;
    /** Set once a host was asked, or written down as one that can't be. */
    private boolean tried;

    /** Begins outside of any site; the pass decides at the door. */
    public SiteVisit(SitePass pass) {
        this.pass = pass;
    }

    /** Enters the site of a domain's hosts; false if there is no place for this mail now. */
    boolean enters(Routing.Route route) {
        return enters(siteOf(route));
    }

    /** The name of the site of a domain's hosts. */
    public static String siteName(Routing.Route route) {
        return siteOf(route).name();
    }

    /** The name of the site of all gateways together. */
    public static String siteName(List<NextHop> gateways) {
        return siteOf(gateways).name();
    }

    private static SiteKey siteOf(Routing.Route route) {
        return SiteKey.of(route.hosts().stream().map(MxHost::toString).toList(), route.nextHop().port());
    }

    /** Enters the site of all gateways together; false if there is no place for this mail now. */
    boolean enters(List<NextHop> gateways) {
        return enters(siteOf(gateways));
    }

    private static SiteKey siteOf(List<NextHop> gateways) {
        return SiteKey.of(gateways.stream().map(NextHop::toString).toList(), NextHop.SMTP_PORT);
    }

    private boolean enters(SiteKey site) {
        if (!entered) {
            yielded = !pass.enter(site);
            entered = true;
        }
        return !yielded;
    }

    /** Arrives at an address; false if there is no place for this mail now. Then nothing was tried before, and the mail yields its turn. */
    boolean arrives(InetAddress address) {
        yielded = !pass.arrive(address, !tried);
        return !yielded;
    }

    /** Tests whether the site, or its first address, had no place, so that nothing was tried. */
    public boolean yielded() {
        return yielded;
    }

    /** Notes what the end of a dialogue shows. */
    void ended(Attribution dialogue) {
        tried = true;
        dialogues.add(dialogue);
    }

    /** Forgets the dialogues so far: the hosts are tried anew under other conditions. */
    void beginAgain() {
        dialogues.clear();
    }

    /** Divides what the outcomes say of the destination between its domain and its site. */
    public AttemptEnd end(Reachability reach) {
        return AttemptEnd.of(reach, dialogues);
    }
}
