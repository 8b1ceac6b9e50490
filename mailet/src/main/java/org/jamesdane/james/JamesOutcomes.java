/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import javax.mail.MessagingException;
import javax.mail.Session;
import javax.mail.internet.MimeMessage;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.DsnParameters;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.FailureNotice.RecipientFailure;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.SenderPartlyToldException;
import org.jamesdane.smtp.Recipient;
import org.jspecify.annotations.Nullable;
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
    private final DsnSender reports;

    JamesOutcomes(MailetContext context, Optional<String> onSuccess, Optional<String> bounceProcessor, Optional<String> delayProcessor,
            DsnSender reports) {
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
        bounce(mail, recipients, recipients.stream()
            .map(recipient -> new DeliveryStatusNotification.Line(recipient.asString(), Optional.empty(), notice.code().toString(),
            recipient.getDomain().asString(), Optional.empty())).toList(), notice);
    }

    private void bounce(Mail mail, List<MailAddress> recipients, List<DeliveryStatusNotification.Line> lines, FailureNotice notice)
            throws MailAccessException {
        try {
            bounceWithMessage(mail, recipients, lines, notice);
        } catch (MailAccessException e) {
            if (isReadable(mail) || e instanceof SenderPartlyToldException) {
                throw e;
            }
            LOGGER.warn("The message of the mail {} can't be read; its sender is told without it", mail.getName(), e);
            withEnvelope(mail, recipients, "bounced without its message", bare ->
                reports.send(context, bare, DeliveryStatusNotification.Action.FAILED, notice.text(), Optional.empty(), lines));
        }
    }

    /** Hands the mail to James's error processor, with its message if that can be read. */
    @Override
    public void untold(JamesMail mail, List<Recipient> recipients, FailureNotice notice) throws MailAccessException {
        List<MailAddress> addresses = mail.addresses(recipients);
        Step toError = copy -> {
            MailAttributes.setNotice(copy, notice);
            copy.removeAttribute(MailAttributes.NOTICE_PENDING);
            copy.setErrorMessage(notice.text());
            context.sendMail(copy, Mail.ERROR);
        };
        if (isReadable(mail.mail())) {
            withCopy(mail.mail(), addresses, "handed to the error processor", toError);
        } else {
            withEnvelope(mail.mail(), addresses, "handed to the error processor without its message", bare -> {
                MimeMessage substitute = new MimeMessage(Session.getInstance(new Properties()));
                substitute.setSubject("The message of the mail " + mail.name() + " could not be read");
                substitute.setText(notice.text());
                substitute.saveChanges();
                bare.setMessage(substitute);
                toError.with(bare);
            });
        }
    }

    private static boolean isReadable(Mail mail) {
        try {
            mail.getMessage().writeTo(OutputStream.nullOutputStream());
            return true;
        } catch (Throwable e) {
            LOGGER.debug("The message of the mail {} can't be read", mail.getName(), e);
            return false;
        }
    }

    /** Does something with the envelope of a mail alone. */
    private static void withEnvelope(Mail mail, List<MailAddress> recipients, String what, Step step) throws MailAccessException {
        try {
            MailImpl bare = MailImpl.builder().name(mail.getName()).sender(mail.getMaybeSender()).addRecipients(recipients).build();
            try {
                mail.dsnParameters().ifPresent(bare::setDsnParameters);
                mail.getAttribute(MailAttributes.REQUIRE_TLS).ifPresent(bare::setAttribute);
                step.with(bare);
            } finally {
                dispose(bare);
            }
        } catch (Throwable e) {
            throw new MailAccessException("The mail " + mail.getName() + " could not be " + what, e);
        }
    }

    private void bounceWithMessage(Mail mail, List<MailAddress> recipients, List<DeliveryStatusNotification.Line> lines,
        FailureNotice notice)
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
            reports.send(context, copy, DeliveryStatusNotification.Action.FAILED, notice.text(), Optional.empty(), lines);
        });
    }

    /** Hands over one mail for each distinct reply, since a processor has one text for all recipients of a mail. */
    private void toProcessor(String processor, Mail mail, List<MailAddress> recipients, FailureNotice notice) throws MailAccessException {
        Map<FailureNotice, List<MailAddress>> byReply = new LinkedHashMap<>();
        Map<String, RecipientFailure> failures = byRecipient(notice);
        for (MailAddress recipient : recipients) {
            byReply.computeIfAbsent(alone(failures.get(recipient.asString()), notice), key -> new ArrayList<>()).add(recipient);
        }
        // Each recipient may have a reply of his own: a mail for each must not begin as a copy with all of them.
        Mail bare = bare(mail);
        try {
            toProcessor(processor, new Original(bare, mail.dsnParameters()), byReply,
                reply -> byReply.size() == 1 ? notice : with(reply, byReply.getOrDefault(reply, List.of()), failures));
        } finally {
            dispose(bare);
        }
    }

    /**
     * Source of the mails for a processor.
     *
     * @param bare the mail without recipients, and without what there is for each of them
     * @param wishes for notifications
     */
    private record Original(Mail bare, Optional<DsnParameters> wishes) {
        Optional<DsnParameters> wishes(List<MailAddress> recipients) {
            return wishes.flatMap(all -> {
                DsnParameters.Builder some = DsnParameters.builder();
                all.getEnvIdParameter().ifPresent(some::envId);
                all.getRetParameter().ifPresent(some::ret);
                recipients.forEach(recipient -> Optional.ofNullable(all.getRcptParameters().get(recipient))
                    .ifPresent(own -> some.addRcptParameter(recipient, own)));
                return some.build();
            });
        }
    }

    private void toProcessor(String processor, Original original, Map<FailureNotice, List<MailAddress>> byReply,
            UnaryOperator<FailureNotice> told) throws MailAccessException {
        Set<String> open = byReply.values().stream().flatMap(List::stream).map(MailAddress::asString)
            .collect(Collectors.toCollection(LinkedHashSet::new));
        boolean first = true;
        for (Map.Entry<FailureNotice, List<MailAddress>> each : byReply.entrySet()) {
            try {
                withCopy(original.bare(), each.getValue(), "bounced", copy -> {
                    original.wishes(each.getValue()).ifPresent(copy::setDsnParameters);
                    MailAttributes.setNotice(copy, told.apply(each.getKey()));
                    copy.removeAttribute(MailAttributes.NOTICE_PENDING);
                    headerOnlyWhereTlsIsRequired(copy);
                    context.sendMail(copy, processor);
                });
            } catch (MailAccessException e) {
                // Who was told of some recipients is not told of them again.
                throw first ? e : new SenderPartlyToldException(e, open);
            }
            first = false;
            each.getValue().forEach(recipient -> open.remove(recipient.asString()));
        }
    }

    /** The mail without recipients, their wishes, and what an earlier attempt to tell of them left. */
    private static Mail bare(Mail mail) throws MailAccessException {
        try {
            Mail bare = mail.duplicate();
            bare.setRecipients(List.of());
            bare.removeAttribute(MailAttributes.FAILURES);
            DsnParameters.DsnAttributeValues.forEachDsnAttributeName(bare::removeAttribute);
            return bare;
        } catch (Throwable e) {
            throw new MailAccessException("The mail " + mail.getName() + " could not be copied", e);
        }
    }

    /** The notice as it is for that recipient alone, without his address. */
    private static FailureNotice alone(@Nullable RecipientFailure failure, FailureNotice notice) {
        return failure == null ? notice : new FailureNotice(failure.code(), failure.replyCode(), failure.text());
    }

    private static Map<String, RecipientFailure> byRecipient(FailureNotice notice) {
        return notice.recipients().stream().collect(Collectors.toMap(RecipientFailure::recipient, each -> each, (first, again) -> first));
    }

    private static FailureNotice with(FailureNotice reply, List<MailAddress> recipients, Map<String, RecipientFailure> failures) {
        return new FailureNotice(reply.code(), reply.replyCode(), reply.text(),
            recipients.stream().map(recipient -> failures.get(recipient.asString())).filter(Objects::nonNull).toList());
    }

    @Override
    public void delayed(JamesMail mail, List<Recipient> recipients, FailureNotice notice, Instant until) throws MailAccessException {
        if (delayProcessor.isEmpty()) {
            withCopy(mail.mail(), mail.addresses(recipients), "reported as delayed", copy ->
                reports.send(context, copy, DeliveryStatusNotification.Action.DELAYED, notice.text(), Optional.of(until),
                    lines(recipients, notice)));
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
        Map<String, Recipient> all = mail.envelope().recipients().stream()
            .collect(Collectors.toMap(Recipient::toString, each -> each, (first, again) -> first));
        List<DeliveryStatusNotification.Line> lines = recipients.stream()
            .map(relay -> new DeliveryStatusNotification.Line(relay.recipient(),
            Optional.ofNullable(all.get(relay.recipient())).flatMap(JamesOutcomes::original), "2.0.0", relay.host(),
            Optional.of(relay.diagnostic()))).toList();
        withCopy(mail.mail(), List.copyOf(mail.mail().getRecipients()), "reported as relayed",
            copy -> reports.send(context, copy, DeliveryStatusNotification.Action.RELAYED, text.toString(), Optional.empty(), lines));
    }

    /** RFC 8689 §5: a notification about a mail with REQUIRETLS returns its header alone, whatever its sender asked for. */
    private static void headerOnlyWhereTlsIsRequired(Mail copy) {
        if (MailAttributes.tlsWish(copy) == SenderTlsPreference.REQUIRED) {
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
        Set<String> wanted = concerned.stream().map(Recipient::toString).collect(Collectors.toSet());
        return new FailureNotice(notice.code(), notice.replyCode(), notice.text(),
            notice.recipients().stream().filter(failure -> wanted.contains(failure.recipient())).toList());
    }

    private static List<DeliveryStatusNotification.Line> lines(List<Recipient> concerned, FailureNotice notice) {
        Map<String, RecipientFailure> failures = byRecipient(notice);
        return concerned.stream().map(recipient -> {
            Optional<RecipientFailure> failure = Optional.ofNullable(failures.get(recipient.toString()));
            return new DeliveryStatusNotification.Line(recipient.toString(), original(recipient),
                failure.map(RecipientFailure::code).orElse(notice.code()).toString(), failure.map(RecipientFailure::host).orElse("-"),
                failure.flatMap(RecipientFailure::diagnostic));
        }).toList();
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
                dispose(copy);
            }
        } catch (Throwable e) {
            throw new MailAccessException("The mail " + mail.getName() + " could not be " + what, e);
        }
    }

    /** Gives a copy back; where that fails, what was done stays done, and must not be done again. */
    private static void dispose(Mail copy) {
        try {
            LifecycleUtil.dispose(copy);
        } catch (Throwable e) {
            LOGGER.warn("A copy of the mail {} could not be given back", copy.getName(), e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void with(Mail copy) throws MessagingException;
    }
}
