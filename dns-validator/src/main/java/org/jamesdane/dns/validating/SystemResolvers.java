/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetSocketAddress;
import java.util.List;

import org.xbill.DNS.ResolverConfig;

/** The recursive resolvers that the operating system is configured with. */
public final class SystemResolvers {
    private SystemResolvers() {
    }

    /** Their addresses in the system's order; none if it has none. */
    public static List<InetSocketAddress> addresses() {
        return List.copyOf(ResolverConfig.getCurrentConfig().servers());
    }
}
