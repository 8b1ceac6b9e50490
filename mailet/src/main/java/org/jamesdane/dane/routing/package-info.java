/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The way from a next hop to the hosts to try, in order (RFC 5321 §5.1, RFC 7672 §2.2.1, RFC 7505).
 *
 * <p>{@link org.jamesdane.dane.routing.AliasExpansion} follows aliases one step at a time, so that each step keeps its own security
 * (RFC 7672 §2.1.3). {@link org.jamesdane.dane.routing.MxRouting} reads MX records, null MX and their absence.
 * {@link org.jamesdane.dane.routing.HostAddresses} judges the addresses of a host before anything else is asked about it
 * (RFC 7672 §2.2.2), and refuses special and private ones.
 */
@NullMarked
package org.jamesdane.dane.routing;

import org.jspecify.annotations.NullMarked;
