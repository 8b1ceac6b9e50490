/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.net.InetAddress;

/** An IPv4 or IPv6 address; the {@link InetAddress} carries no host name, so that nothing can look it up again. */
public record AddressRecord(InetAddress address) implements DnsRecord {
}
