/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.List;
import java.util.Optional;

import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.jamesdane.dane.SecurityLabel;
import org.jamesdane.delivery.FailureNotice;
import org.jamesdane.delivery.MailAccessException;
import org.jamesdane.delivery.OutcomeListener;
import org.jamesdane.smtp.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands delivered and failed mail to James: to the processors of {@code onSuccess} and {@code bounceProcessor}, or as a bounce. */
final class JamesOutcomes implements OutcomeListener<JamesMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(JamesOutcomes.class);

    private final MailetContext context;
    private final Optional<String> onSuccess;
    private final Optional<String> bounceProcessor;

    JamesOutcomes(MailetContext context, Optional<String> onSuccess, Optional<String> bounceProcessor) {
        this.context = context;
        this.onSuccess = onSuccess;
        this.bounceProcessor = bounceProcessor;
    }

    @Override
    public void delivered(JamesMail mail, List<Recipient> recipients, SecurityLabel label) throws MailAccessException {
        if (onSuccess.isPresent()) {
            withCopy(mail.mail(), mail.addresses(recipients), "handed to the processor " + onSuccess.get(), copy -> {
                copy.setAttribute(new Attribute(MailAttributes.SECURITY, AttributeValue.of(label.toString())));
                context.sendMail(copy, onSuccess.get());
            });
        }
    }

    @Override
    public void failed(JamesMail mail, List<Recipient> recipients, FailureNotice notice) throws MailAccessException {
        List<Recipient> concerned = recipients.stream()
            // RFC 3461 §4.1: a sender who names other cases, or NEVER, is not told of failures.
            .filter(recipient -> recipient.notifyOn().isEmpty() || recipient.notifyOn().contains(Recipient.Notify.FAILURE)).toList();
        if (!concerned.isEmpty()) {
            bounce(mail.mail(), mail.addresses(concerned), notice);
        }
    }

    /** Bounces a mail for recipients for whom it can't even be tried. */
    void bounce(Mail mail, List<MailAddress> recipients, FailureNotice notice) throws MailAccessException {
        if (!mail.hasSender()) {
            // RFC 5321 §6.1: no notification is sent about a message with a null reverse-path.
            LOGGER.info("The mail {} has no sender to be told that it failed: {}", mail.getName(), notice.text());
            return;
        }
        withCopy(mail, recipients, "bounced", copy -> {
            MailAttributes.setNotice(copy, notice);
            copy.removeAttribute(MailAttributes.NOTICE_PENDING);
            if (bounceProcessor.isPresent()) {
                context.sendMail(copy, bounceProcessor.get());
            } else {
                context.bounce(copy, BounceText.of(recipients, notice));
            }
        });
    }

    private static void withCopy(Mail mail, List<MailAddress> recipients, String what, Step step) throws MailAccessException {
        try {
            Mail copy = mail.duplicate();
            try {
                copy.setRecipients(recipients);
                step.with(copy);
            } finally {
                LifecycleUtil.dispose(copy);
            }
        } catch (MessagingException | RuntimeException e) {
            throw new MailAccessException("The mail " + mail.getName() + " could not be " + what, e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void with(Mail copy) throws MessagingException;
    }
}
