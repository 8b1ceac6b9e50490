/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.net.InetSocketAddress;
import java.util.Optional;

import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.schedule.DispatchStatus;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.smtp.ConnectionPool;

/** Deliveries on this node: the use of its places, and what it has learnt of hosts. */
public final class DeliveriesHere {
    private final Dispatcher dispatcher;
    private final ConnectionPool pool;

    /** Shows what these know. */
    public DeliveriesHere(Dispatcher dispatcher, ConnectionPool pool) {
        this.dispatcher = dispatcher;
        this.pool = pool;
    }

    /** Use of the places. */
    public DispatchStatus status() {
        return dispatcher.status();
    }

    /** Use of the places at a site; empty if no mail for it is in hand and it is not failing. */
    public Optional<DispatchStatus.OneSite> site(SiteKey key) {
        return dispatcher.site(key);
    }

    /** Tests whether the commands of a mail are sent with the end of the one before. */
    public boolean groupsMails() {
        return pool.mailGroups().enabled();
    }

    /** Tests whether a host gets no such groups for a time because it took one badly. */
    public boolean restsFromGroups(String host, InetSocketAddress address) {
        return groupsMails() && !pool.mailGroups().mayBeSent(host, address);
    }
}
