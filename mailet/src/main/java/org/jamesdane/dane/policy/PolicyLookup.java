/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.policy;

import java.time.Instant;

/** Looks up the policy of a next hop. */
@FunctionalInterface
public interface PolicyLookup {
    /** The policy of a next hop at a time, and where it comes from. */
    PolicySelection select(NextHop nextHop, Instant now);
}
