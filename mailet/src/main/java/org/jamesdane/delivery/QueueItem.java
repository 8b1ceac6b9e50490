/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

/**
 * A mail taken from the queue; it stays the queue's until one of the two ways of giving it back was taken.
 *
 * @param <M> the mail
 */
public interface QueueItem<M extends OutboundMail> {
    M mail();

    /** Takes the mail out of the queue: all of it is done, or stored elsewhere. */
    void done() throws MailAccessException;

    /** Leaves the mail in the queue as it is. */
    void putBack() throws MailAccessException;
}
