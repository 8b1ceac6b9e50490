/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.text.AddressDomain;

/**
 * A recipient of an envelope, with what its sender wants to hear about it (RFC 3461).
 *
 * @param path where the mail goes
 * @param notifyOn when to notify; empty leaves it to the receiving side
 * @param originalRecipient the ORCPT parameter
 */
public record Recipient(MailPath path, Set<Notify> notifyOn, Optional<OriginalRecipient> originalRecipient) {

    /** Case in which to notify (RFC 3461 §4.1). */
    public enum Notify {
        NEVER, SUCCESS, FAILURE, DELAY
    }

    public Recipient {
        notifyOn = Set.copyOf(notifyOn);
        if (notifyOn.contains(Notify.NEVER) && notifyOn.size() > 1) {
            throw new IllegalArgumentException("NOTIFY=NEVER excludes all other values (RFC 3461 §4.1)");
        }
    }

    /** A recipient without wishes. */
    public static Recipient of(MailPath path) {
        return new Recipient(path, EnumSet.noneOf(Notify.class), Optional.empty());
    }

    /** The domain of the path, as it is written, or an address literal with its brackets. */
    public String domain() {
        return AddressDomain.of(path.toString());
    }

    /** Tests whether the sender is to be told of failure (RFC 3461 §5.2.6): unless he names other cases, or NEVER. */
    public boolean wantsFailure() {
        return notifyOn.isEmpty() || notifyOn.contains(Notify.FAILURE);
    }

    /** Tests whether the sender may be told of delay (RFC 3461 §5.2.5): unless he names other cases, or NEVER. */
    public boolean wantsDelay() {
        return notifyOn.isEmpty() || notifyOn.contains(Notify.DELAY);
    }

    /** Tests whether the sender wants to hear of success (RFC 3461 §5.2.2): only if he says so. */
    public boolean wantsSuccess() {
        return notifyOn.contains(Notify.SUCCESS);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
