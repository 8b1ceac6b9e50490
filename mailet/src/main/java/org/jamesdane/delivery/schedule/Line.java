/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.Optional;
import java.util.function.Function;

import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;

/**
 * Line behind a mail that is being delivered: the next mail of the same queue to the same destination.
 *
 * @param <M> the mail
 */
public interface Line<M extends OutboundMail> {
    /**
     * Takes the next mail out of the line, once. When the mail before it ends, the taken mail has its place, and is worked on.
     *
     * @param begin begins work on the mail, and throws nothing. What it returns is worked on in place of the mail; if it is empty, the mail
     *     has its end already.
     * @return the result of {@code begin}; empty if no mail may go next
     */
    <H extends QueuedMail<M>> Optional<H> next(Function<QueuedMail<M>, Optional<H>> begin);

    /** A line without mail. */
    static <M extends OutboundMail> Line<M> empty() {
        return new Line<>() {
            @Override
            public <H extends QueuedMail<M>> Optional<H> next(Function<QueuedMail<M>, Optional<H>> begin) {
                return Optional.empty();
            }
        };
    }
}
