/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.net.InetAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** Number of connections to each address: those being opened, in use and idle, but none that is said farewell to. For any thread. */
final class OpenConnections {
    @GuardedBy("this")
    private final Map<InetAddress, Integer> numbers = new HashMap<>();
    @GuardedBy("this")
    private final Set<SmtpConnection> open = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Counts a connection that is to be opened, and returns the number with it. */
    synchronized int begin(InetAddress address) {
        return numbers.merge(address, 1, Integer::sum);
    }

    /** Notes that the counted connection is open. */
    synchronized void opened(SmtpConnection connection) {
        open.add(connection);
    }

    /** Counts a connection no more that did not come about. */
    synchronized void failed(InetAddress address) {
        numbers.computeIfPresent(address, (key, number) -> number == 1 ? null : number - 1);
    }

    /** Counts an open connection no more; of no effect the second time. */
    synchronized void ended(SmtpConnection connection) {
        if (open.remove(connection)) {
            failed(connection.endpoint().address().getAddress());
        }
    }

    /** Number of addresses with connections. */
    synchronized int addresses() {
        return numbers.size();
    }
}
