/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dns.DomainName;

/** The parts of the parameter {@code gateway}: hosts whose MX records are not looked up, as with RemoteDelivery. */
final class GatewayParameter {
    private GatewayParameter() {
    }

    /**
     * A host name or an address, with or without a port.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static NextHop parse(String text, int defaultPort) {
        HostAndPort parts = HostAndPort.fromString(text).withDefaultPort(defaultPort);
        return InetAddresses.isInetAddress(parts.getHost())
            ? new NextHop.Address(InetAddresses.forString(parts.getHost()), parts.getPort(), true)
            : new NextHop.Host(DomainName.of(parts.getHost()), parts.getPort());
    }
}
