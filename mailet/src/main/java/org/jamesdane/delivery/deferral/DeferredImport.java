/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.deferral;

import java.util.Optional;

import org.jamesdane.delivery.mail.MailAccessException;

/** Takes over deferred mail that waits in a mail repository of James: an earlier version's, another node's, or one that nobody reads. */
@FunctionalInterface
public interface DeferredImport {
    /**
     * Moves the mail of a repository to where deferred mail waits now. What takes long goes on after the answer; calling again tells how
     * far it is. Nothing is moved twice.
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
     * @param done false if it goes on after the answer
     * @param remaining those that are yet to be looked at, as far as they are known
     * @param ofAllNodes whether the mail is all nodes' now, and not this node's alone
     */
    record Moved(int taken, int already, int left, boolean done, int remaining, boolean ofAllNodes) {
    }
}
