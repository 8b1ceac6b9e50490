/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalInt;

import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.dane.EnhancedCode;
import org.jamesdane.dane.MailAge;
import org.jamesdane.delivery.FailureNotice;
import org.jamesdane.delivery.MailHistory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is kept of a mail's history in its attributes: those of RemoteDelivery, which other mailets read, and our own. */
final class MailAttributes {
    /** Whether the failure is final; set on every mail that failed, as RemoteDelivery does. */
    static final AttributeName IS_DELIVERY_PERMANENT_ERROR = AttributeName.of("is-delivery-permanent-error");
    /** The text for the sender, as RemoteDelivery gives it to the bounce processor. */
    static final AttributeName DELIVERY_ERROR = AttributeName.of("delivery-error");
    /** The code of the host's reply, as RemoteDelivery gives it to the bounce processor. */
    static final AttributeName DELIVERY_ERROR_CODE = AttributeName.of("delivery-error-code");
    /** Retries so far, as RemoteDelivery counts them. */
    static final AttributeName DELIVERY_RETRY_COUNT = AttributeName.of("delivery_retry_count");
    /** When the mail was tried first, moved forward by every time that does not count; its lifetime counts from here. */
    static final AttributeName FIRST_ATTEMPT = AttributeName.of("org.jamesdane.first-attempt");
    /** Since when this server itself has been at fault; absent if it is not. */
    static final AttributeName PAUSED_AT = AttributeName.of("org.jamesdane.paused-at");
    /** The enhanced status code of a failure. */
    static final AttributeName ENHANCED_CODE = AttributeName.of("org.jamesdane.enhanced-code");
    /** Set while the sender could not be told of a failure: nothing else is left to do for the mail. */
    static final AttributeName NOTICE_PENDING = AttributeName.of("org.jamesdane.notice-pending");
    /** Why the mail was deferred last. */
    static final AttributeName LAST_REASON = AttributeName.of("org.jamesdane.last-reason");
    /** When a deferred mail is due. */
    static final AttributeName NEXT_TRY = AttributeName.of("org.jamesdane.next-try");
    /** The name of a mail in its queue, while it is in a repository under another. */
    static final AttributeName QUEUED_NAME = AttributeName.of("org.jamesdane.queued-name");
    /** How the mail left, on the mail handed to {@code onSuccess}. */
    static final AttributeName SECURITY = AttributeName.of("org.jamesdane.security");

    /** A reason may quote a host's reply; this much of it is enough for a list. */
    private static final int MAX_REASON = 500;

    private static final Logger LOGGER = LoggerFactory.getLogger(MailAttributes.class);

    private MailAttributes() {
    }

    static MailHistory history(Mail mail) {
        Optional<MailAge> age = instant(mail, FIRST_ATTEMPT).map(since -> new MailAge(since, instant(mail, PAUSED_AT)));
        int retries = number(mail, DELIVERY_RETRY_COUNT).orElse(0);
        Optional<FailureNotice> pending = text(mail, NOTICE_PENDING).map(flag -> notice(mail));
        return new MailHistory(age, retries, pending, text(mail, LAST_REASON));
    }

    static void setHistory(Mail mail, MailHistory history) {
        mail.removeAttribute(PAUSED_AT);
        history.age().ifPresent(age -> {
            set(mail, FIRST_ATTEMPT, AttributeValue.of(age.since().toString()));
            age.pausedAt().ifPresent(paused -> set(mail, PAUSED_AT, AttributeValue.of(paused.toString())));
        });
        history.lastReason().ifPresent(reason -> set(mail, LAST_REASON, AttributeValue.of(shortened(reason))));
        set(mail, DELIVERY_RETRY_COUNT, AttributeValue.of(history.retries()));
        set(mail, IS_DELIVERY_PERMANENT_ERROR, AttributeValue.of(history.pendingNotice().isPresent()));
        history.pendingNotice().ifPresent(notice -> {
            setNotice(mail, notice);
            set(mail, NOTICE_PENDING, AttributeValue.of("true"));
        });
    }

    static void setNotice(Mail mail, FailureNotice notice) {
        set(mail, IS_DELIVERY_PERMANENT_ERROR, AttributeValue.of(true));
        set(mail, DELIVERY_ERROR, AttributeValue.of(notice.text()));
        set(mail, ENHANCED_CODE, AttributeValue.of(notice.code().toString()));
        notice.replyCode().ifPresent(code -> set(mail, DELIVERY_ERROR_CODE, AttributeValue.of(code)));
    }

    private static String shortened(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 1) + "…";
    }

    private static FailureNotice notice(Mail mail) {
        EnhancedCode code = text(mail, ENHANCED_CODE).map(EnhancedCode::parse).orElse(EnhancedCode.OWN_FAULT);
        OptionalInt reply = number(mail, DELIVERY_ERROR_CODE).map(OptionalInt::of).orElse(OptionalInt.empty());
        return new FailureNotice(code, reply, text(mail, DELIVERY_ERROR).orElse(""));
    }

    static Optional<Instant> instant(Mail mail, AttributeName name) {
        return text(mail, name).flatMap(text -> {
            try {
                return Optional.of(Instant.parse(text));
            } catch (DateTimeParseException e) {
                LOGGER.warn("The attribute {} of the mail {} is no time and is passed over: {}", name.asString(), mail.getName(), text);
                return Optional.empty();
            }
        });
    }

    private static Optional<String> text(Mail mail, AttributeName name) {
        return AttributeUtils.getValueAndCastFromMail(mail, name, String.class);
    }

    private static Optional<Integer> number(Mail mail, AttributeName name) {
        return AttributeUtils.getValueAndCastFromMail(mail, name, Integer.class);
    }

    private static void set(Mail mail, AttributeName name, AttributeValue<?> value) {
        mail.setAttribute(new Attribute(name, value));
    }
}
