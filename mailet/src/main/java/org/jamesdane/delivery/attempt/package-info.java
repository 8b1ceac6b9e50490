/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Attempt to deliver a mail to its next hop (RFC 5321 §5.1, RFC 7672 §2.2).
 *
 * <p>{@link org.jamesdane.delivery.attempt.NextHopDelivery} walks over the hosts in their order. {@link
 * org.jamesdane.delivery.attempt.HostConnector} opens a connection that meets a host's TLS requirement, {@link
 * org.jamesdane.delivery.attempt.HostSession} and {@link org.jamesdane.delivery.attempt.MailTransfer} lead the dialogue.
 */
@NullMarked
package org.jamesdane.delivery.attempt;

import org.jspecify.annotations.NullMarked;
