/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Tells in advance what becomes of mail to a destination, by the code that delivers. {@link org.jamesdane.delivery.diagnosis.Diagnosis}
 * asks the DNS and connects as a delivery does, but sends nothing.
 *
 * <p>From the DNS alone follows a {@link org.jamesdane.delivery.diagnosis.Forecast}: the weakest protection that any host in use has. The
 * mail may go to each of these hosts, and an attacker chooses which hosts can be reached. A probe adds the certificates that the hosts
 * really show, and warnings of what will break soon.
 */
@NullMarked
package org.jamesdane.delivery.diagnosis;

import org.jspecify.annotations.NullMarked;
