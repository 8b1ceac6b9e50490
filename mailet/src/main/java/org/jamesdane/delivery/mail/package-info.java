/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The mail that is on its way out, and the ports to the server that has given it.
 *
 * <p>{@link org.jamesdane.delivery.mail.QueuedMail} is a mail with its place in the queue, {@link
 * org.jamesdane.delivery.mail.OutboundMail} its content and envelope. {@link org.jamesdane.delivery.mail.MailHistory} travels with the
 * mail from attempt to attempt. {@link org.jamesdane.delivery.mail.OutcomeListener} hears what became of the recipients, and tells the
 * sender.
 */
@NullMarked
package org.jamesdane.delivery.mail;

import org.jspecify.annotations.NullMarked;
