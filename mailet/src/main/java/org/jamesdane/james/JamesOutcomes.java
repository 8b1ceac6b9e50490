/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.DsnParameters;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.jamesdane.dane.SecurityLabel;
import org.jamesdane.dane.TlsWish;
import org.jamesdane.delivery.FailureNotice;
import org.jamesdane.delivery.MailAccessException;
import org.jamesdane.delivery.OutcomeListener;
import org.jamesdane.delivery.RecipientFailure;
import org.jamesdane.delivery.Relay;
import org.jamesdane.smtp.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands delivered, delayed and failed mail to James: to the processors of {@code onSuccess}, {@code delayProcessor} and
 * {@code bounceProcessor}, or tells senders by notifications of our own.
 */
final class JamesOutcomes implements OutcomeListener<JamesMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(JamesOutcomes.class);
    private final MailetContext context;
    private final Optional<String> onSuccess;
    private final Optional<String> bounceProcessor;
    private final Optional<String> delayProcessor;
    private final Reports reports;

    JamesOutcomes(MailetContext context, Optional<String> onSuccess, Optional<String> bounceProcessor, Optional<String> delayProcessor,
            Reports reports) {
        this.context = context;
        this.onSuccess = onSuccess;
        this.bounceProcessor = bounceProcessor;
        this.delayProcessor = delayProcessor;
        this.reports = reports;
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
        List<Recipient> concerned = recipients.stream().filter(Recipient::wantsFailure).toList();
        if (!concerned.isEmpty()) {
            bounce(mail.mail(), mail.addresses(concerned), lines(concerned, notice), about(concerned, notice));
        }
    }

    /** Bounces a mail for recipients for whom it can't even be tried. */
    void bounce(Mail mail, List<MailAddress> recipients, FailureNotice notice) throws MailAccessException {
        bounce(mail, recipients, recipients.stream().map(recipient -> new DeliveryReport.Line(recipient.asString(), Optional.empty(),
            notice.code().toString(), recipient.getDomain().asString(), Optional.empty())).toList(), notice);
    }

    private void bounce(Mail mail, List<MailAddress> recipients, List<DeliveryReport.Line> lines, FailureNotice notice)
            throws MailAccessException {
        if (!mail.hasSender()) {
            // RFC 5321 §6.1: no notification is sent about a message with a null reverse-path.
            LOGGER.info("The mail {} has no sender to be told that it failed: {}", mail.getName(), notice.text());
            return;
        }
        if (bounceProcessor.isPresent()) {
            toProcessor(bounceProcessor.get(), mail, recipients, notice);
            return;
        }
        withCopy(mail, recipients, "bounced", copy -> {
            MailAttributes.setNotice(copy, notice);
            copy.removeAttribute(MailAttributes.NOTICE_PENDING);
            reports.send(context, copy, DeliveryReport.Action.FAILED, notice.text(), Optional.empty(), lines);
        });
    }

    /** One mail for each distinct reply, since a processor has one text for all recipients of a mail. */
    private void toProcessor(String processor, Mail mail, List<MailAddress> recipients, FailureNotice notice) throws MailAccessException {
        Map<FailureNotice, List<MailAddress>> byReply = new LinkedHashMap<>();
        for (MailAddress recipient : recipients) {
            byReply.computeIfAbsent(alone(recipient, notice), key -> new ArrayList<>()).add(recipient);
        }
        for (Map.Entry<FailureNotice, List<MailAddress>> each : byReply.entrySet()) {
            FailureNotice told = byReply.size() == 1 ? notice : with(each.getKey(), each.getValue(), notice);
            withCopy(mail, each.getValue(), "bounced", copy -> {
                MailAttributes.setNotice(copy, told);
                copy.removeAttribute(MailAttributes.NOTICE_PENDING);
                headerOnlyWhereTlsIsRequired(copy);
                context.sendMail(copy, processor);
            });
        }
    }

    /** The notice as it is for that recipient alone, without his address. */
    private static FailureNotice alone(MailAddress recipient, FailureNotice notice) {
        return notice.recipients().stream().filter(failure -> failure.recipient().equals(recipient.asString())).findFirst()
            .map(failure -> new FailureNotice(failure.code(), failure.replyCode(), failure.text())).orElse(notice);
    }

    private static FailureNotice with(FailureNotice reply, List<MailAddress> recipients, FailureNotice notice) {
        return new FailureNotice(reply.code(), reply.replyCode(), reply.text(), notice.recipients().stream()
            .filter(failure -> recipients.stream().anyMatch(recipient -> recipient.asString().equals(failure.recipient()))).toList());
    }

    @Override
    public void delayed(JamesMail mail, List<Recipient> recipients, FailureNotice notice, Instant until) throws MailAccessException {
        if (delayProcessor.isEmpty()) {
            withCopy(mail.mail(), mail.addresses(recipients), "reported as delayed", copy ->
                reports.send(context, copy, DeliveryReport.Action.DELAYED, notice.text(), Optional.of(until), lines(recipients, notice)));
        } else if (mail.mail().hasSender()) {
            withCopy(mail.mail(), mail.addresses(recipients), "handed to the processor " + delayProcessor.get(), copy -> {
                MailAttributes.setNotice(copy, notice);
                copy.setAttribute(new Attribute(MailAttributes.IS_DELIVERY_PERMANENT_ERROR, AttributeValue.of(false)));
                copy.setAttribute(new Attribute(MailAttributes.RETRIED_UNTIL, AttributeValue.of(until.toString())));
                headerOnlyWhereTlsIsRequired(copy);
                context.sendMail(copy, delayProcessor.get());
            });
        }
    }

    @Override
    public void relayed(JamesMail mail, List<Relay> recipients) throws MailAccessException {
        StringBuilder text = new StringBuilder();
        recipients.forEach(relay -> text.append(relay.host()).append(" said: ").append(relay.reply()).append("\r\n"));
        List<DeliveryReport.Line> lines = recipients.stream().map(relay -> new DeliveryReport.Line(relay.recipient(),
            original(mail, relay.recipient()), "2.0.0", relay.host(), Optional.of(relay.reply()))).toList();
        withCopy(mail.mail(), List.copyOf(mail.mail().getRecipients()), "reported as relayed",
            copy -> reports.send(context, copy, DeliveryReport.Action.RELAYED, text.toString(), Optional.empty(), lines));
    }

    /** RFC 8689 §5: a notification about a mail with REQUIRETLS returns its header alone, whatever its sender asked for. */
    private static void headerOnlyWhereTlsIsRequired(Mail copy) {
        if (MailAttributes.tlsWish(copy) == TlsWish.REQUIRED) {
            DsnParameters.Builder wishes = DsnParameters.builder().ret(DsnParameters.Ret.HDRS);
            copy.dsnParameters().ifPresent(before -> {
                before.getEnvIdParameter().ifPresent(wishes::envId);
                before.getRcptParameters().forEach(wishes::addRcptParameter);
            });
            wishes.build().ifPresent(copy::setDsnParameters);
        }
    }

    /** RFC 3461 §5.2.8: a notification tells nothing of recipients of whom none is wanted. */
    private static FailureNotice about(List<Recipient> concerned, FailureNotice notice) {
        return new FailureNotice(notice.code(), notice.replyCode(), notice.text(), notice.recipients().stream()
            .filter(failure -> concerned.stream().anyMatch(recipient -> recipient.toString().equals(failure.recipient()))).toList());
    }

    private static List<DeliveryReport.Line> lines(List<Recipient> concerned, FailureNotice notice) {
        return concerned.stream().map(recipient -> {
            Optional<RecipientFailure> failure = notice.recipients().stream()
                .filter(each -> each.recipient().equals(recipient.toString())).findFirst();
            return new DeliveryReport.Line(recipient.toString(), original(recipient),
                failure.map(RecipientFailure::code).orElse(notice.code()).toString(), failure.map(RecipientFailure::host).orElse("-"),
                failure.flatMap(RecipientFailure::diagnostic));
        }).toList();
    }

    private static Optional<String> original(JamesMail mail, String address) {
        return mail.envelope().recipients().stream().filter(recipient -> recipient.toString().equals(address)).findFirst()
            .flatMap(JamesOutcomes::original);
    }

    private static Optional<String> original(Recipient recipient) {
        // RFC 3461 §4.2: xtext is the form of the parameter; the field has the address itself.
        return recipient.originalRecipient().map(original -> original.addressType() + "; " + original.address());
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
        } catch (Throwable e) {
            throw new MailAccessException("The mail " + mail.getName() + " could not be " + what, e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void with(Mail copy) throws MessagingException;
    }
}
