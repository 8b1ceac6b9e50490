/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The MTA-STS policy that applies to a delivery: its look-up, its fetch and its refresh.
 *
 * <p>{@link org.jamesdane.delivery.sts.StsLookup} asks for the TXT record and for the kept policy. {@link
 * org.jamesdane.delivery.sts.PolicyFetches} fetches at most once for all mails of a domain. {@link
 * org.jamesdane.delivery.sts.PolicyRefresh} fetches anew what is kept. All three decide by {@link org.jamesdane.mtasts.StsState}.
 *
 * <p>No delivery waits for a fetch. It waits for the TXT record, beside its other look-ups, and then goes by what is kept.
 */
@NullMarked
package org.jamesdane.delivery.sts;

import org.jspecify.annotations.NullMarked;
