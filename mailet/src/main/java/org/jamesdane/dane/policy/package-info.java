/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Policies and next hops: the demands on a destination before anything is known of it.
 *
 * <p>A {@link org.jamesdane.dane.policy.Policy} has two axes, DANE and TLS. Where a domain, a mail and a gateway each bring a policy, the
 * maximum on each axis counts ({@link org.jamesdane.dane.policy.PolicySelection}). No sender's wish eases what an operator demands.
 */
@NullMarked
package org.jamesdane.dane.policy;

import org.jspecify.annotations.NullMarked;
