/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Reports about deliveries: audit lines, metrics, and times of look-ups.
 *
 * <p>A report that fails changes no delivery. {@link org.jamesdane.delivery.monitoring.DeliveryAudit.Guarded} and {@link
 * org.jamesdane.delivery.monitoring.DeliveryMetrics.Guarded} hold that for every reporter.
 */
@NullMarked
package org.jamesdane.delivery.monitoring;

import org.jspecify.annotations.NullMarked;

