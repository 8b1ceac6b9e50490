/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.util.Optional;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;

/**
 * A mail that stands for another one and adds something to it. Every question is passed on, also those with a default answer. A question
 * that was not passed on would be answered for no mail at all.
 */
public abstract class ForwardingMail implements OutboundMail {
    /** The other one, as it is now. */
    protected abstract OutboundMail forwarded();

    @Override
    public String name() {
        return forwarded().name();
    }

    @Override
    public Optional<ItemId> item() {
        return forwarded().item();
    }

    @Override
    public Envelope envelope() {
        return forwarded().envelope();
    }

    @Override
    public MessageContent content() throws MailAccessException {
        return forwarded().content();
    }

    @Override
    public MessageContent sevenBitContent() throws MailAccessException {
        return forwarded().sevenBitContent();
    }

    @Override
    public Optional<ContentRefusal> refusal() throws MailAccessException {
        return forwarded().refusal();
    }

    @Override
    public MailHistory history() {
        return forwarded().history();
    }

    @Override
    public boolean mayBegin(String host, long octets) {
        return forwarded().mayBegin(host, octets);
    }

    @Override
    public void ended(String host, long octets) {
        forwarded().ended(host, octets);
    }

    @Override
    public Succession succession() {
        return forwarded().succession();
    }

    @Override
    public Optional<Policy> demand() {
        return forwarded().demand();
    }

    @Override
    public String demandedBy() {
        return forwarded().demandedBy();
    }

    @Override
    public SenderTlsPreference tlsWish() {
        return forwarded().tlsWish();
    }
}
