/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The sender was told of some recipients who did not get the mail, and could not be told of the others. */
public final class SenderPartlyToldException extends MailAccessException {
    private static final long serialVersionUID = 1L;

    private final HashSet<String> untold;

    /**
     * Says of whom.
     *
     * @param untold the addresses of which he is still to be told
     */
    public SenderPartlyToldException(MailAccessException cause, Collection<String> untold) {
        super(String.valueOf(cause.getMessage()), cause, cause.fault());
        this.untold = new HashSet<>(untold);
    }

    /** The addresses of which the sender is still to be told. */
    public Set<String> untold() {
        return Set.copyOf(untold);
    }
}
