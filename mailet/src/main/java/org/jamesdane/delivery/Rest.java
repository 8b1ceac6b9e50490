/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.util.List;

import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.smtp.Recipient;

/**
 * A part of a mail that is kept for later.
 *
 * @param recipients those for whom it is kept
 * @param history the history that the kept copy has
 * @param delay the time until it is due, from the moment it is stored
 */
record Rest(List<Recipient> recipients, MailHistory history, Duration delay) {
}
