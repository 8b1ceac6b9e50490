/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The extension beside the software the Internet runs: Knot and NSD as name servers with signatures of their own making, Unbound as
 * resolver, Postfix, Exim and OpenSMTPD as mail hosts, and Postfix as the sender whose verdicts ours are compared with.
 *
 * <p>Everything is started in the directories that {@code fetch-peers} has unpacked, by chroot, on addresses of 127.25.0.0/16,
 * 127.53.0.0/16 and fd25::/64, on the real ports 53 and 25, and ends with the tests.
 */
@NullMarked
package org.jamesdane.peers;

import org.jspecify.annotations.NullMarked;
