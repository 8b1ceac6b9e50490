/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.util.Optional;

/**
 * Proof that one channel meets the requirement of one delivery; without it nothing of the mail is written. Only the check of that channel
 * against that delivery's requirement makes one, and without one nothing of an envelope or a message can be sent.
 */
public final class Permit {
    private final Channel channel;
    private final SecurityLabel label;

    Permit(Channel channel, SecurityLabel label) {
        this.channel = channel;
        this.label = label;
    }

    /** Tests whether this permit was issued for that very channel. */
    public boolean covers(Channel other) {
        return channel == other;
    }

    /** Security label of the delivery. */
    public SecurityLabel label() {
        return label;
    }

    /** Proof that the recipient's domain names the host; empty where the label stands for none (RFC 8689 §2). */
    public Optional<NameProof> namedBy() {
        return label.namedBy();
    }
}
