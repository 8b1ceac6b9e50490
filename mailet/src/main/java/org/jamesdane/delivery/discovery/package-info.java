/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * From a next hop to hosts, addresses and TLS requirements, by DNS alone (RFC 5321 §5.1, RFC 7672 §2.2).
 *
 * <p>{@link org.jamesdane.delivery.discovery.HostDiscovery} looks up the MX hosts, their addresses and their TLSA records, {@link
 * org.jamesdane.delivery.discovery.MxWalk} puts the hosts in the order of their preference. Delivery and diagnosis ask both.
 */
@NullMarked
package org.jamesdane.delivery.discovery;

import org.jspecify.annotations.NullMarked;
