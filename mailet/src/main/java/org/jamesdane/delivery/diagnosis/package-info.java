/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Tells in advance what becomes of mail to a destination, by the code that delivers. {@link org.jamesdane.delivery.diagnosis.Diagnosis}
 * asks the DNS and connects as a delivery does, but sends nothing.
 *
 * <p>From the DNS alone follows a {@link org.jamesdane.delivery.diagnosis.Forecast}: the weakest protection that any host in use has,
 * since the mail may go to each of them and an attacker chooses which ones can be reached. A probe adds what the hosts really show, and
 * what will break soon.
 */
@NullMarked
package org.jamesdane.delivery.diagnosis;

import org.jspecify.annotations.NullMarked;
