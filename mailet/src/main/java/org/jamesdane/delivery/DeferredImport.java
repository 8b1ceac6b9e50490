/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.Optional;

/** Takes over deferred mail that waits in a mail repository of James: an earlier version's, another node's, or one that nobody reads. */
@FunctionalInterface
public interface DeferredImport {
    /**
     * Moves the mail of a repository to where deferred mail waits now. It can be called again at any time: nothing is moved twice.
     *
     * @param url the URL of the repository
     * @param queue the queue whose mail it becomes; empty if there is one alone, or the URL names it
     * @throws IllegalArgumentException with a sentence if the URL or the queue can't be meant
     * @throws MailAccessException if the repository could not be read
     */
    Moved importFrom(String url, Optional<String> queue) throws MailAccessException;

    /**
     * Numbers of mails.
     *
     * @param taken those that were moved
     * @param already those that had been moved before
     * @param left those that could not be read or stored; they are still there
     */
    record Moved(int taken, int already, int left) {
    }
}
