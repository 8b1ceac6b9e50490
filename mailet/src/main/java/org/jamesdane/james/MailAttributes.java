/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import javax.mail.MessagingException;

import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.HostFailureHistory;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.store.ItemLife;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** History of a mail in its attributes: those of RemoteDelivery, which other mailets read, and our own. */
final class MailAttributes {
    /**
     * The id of a queue item, a UUID. Each item has its own from {@code service()} on; all copies that are deferred or put back keep it.
     * Absent on mail that an older version put into the queue.
     */
    static final AttributeName ITEM = AttributeName.of("org.jamesdane.item");
    /** The id of a mail that was divided into several queue items, on each of them. Absent where one item is the whole mail. */
    static final AttributeName FAN_OUT = AttributeName.of("org.jamesdane.fan-out");
    /** True if the failure is final; set on every mail that failed, as RemoteDelivery does. */
    static final AttributeName IS_DELIVERY_PERMANENT_ERROR = AttributeName.of("is-delivery-permanent-error");
    /** The text for the sender, as RemoteDelivery gives it to the bounce processor. */
    static final AttributeName DELIVERY_ERROR = AttributeName.of("delivery-error");
    /** The code of the host's reply, as RemoteDelivery gives it to the bounce processor. */
    static final AttributeName DELIVERY_ERROR_CODE = AttributeName.of("delivery-error-code");
    /** Retries so far, as RemoteDelivery counts them. */
    static final AttributeName DELIVERY_RETRY_COUNT = AttributeName.of("delivery_retry_count");
    /** Time of the first attempt, moved forward by every time that does not count; the mail's lifetime counts from here. */
    static final AttributeName FIRST_ATTEMPT = AttributeName.of("org.jamesdane.first-attempt");
    /** Since when this server itself has been at fault; absent if it is not. */
    static final AttributeName PAUSED_AT = AttributeName.of("org.jamesdane.paused-at");
    /** The enhanced status code of a failure. */
    static final AttributeName ENHANCED_CODE = AttributeName.of("org.jamesdane.enhanced-code");
    /** Time of the last attempt, by which a clock that was set is noticed. */
    static final AttributeName LAST_ATTEMPT = AttributeName.of("org.jamesdane.last-attempt");
    /** Failures that kept the mail from each host, and since when; a line of text for each. */
    static final AttributeName HOST_LOG = AttributeName.of("org.jamesdane.hosts");
    /** Number of failures for a fault of this server that may be the mail's own. */
    static final AttributeName OWN_FAULTS = AttributeName.of("org.jamesdane.own-faults");
    /** Time of the last failure that {@link #OWN_FAULTS} counts. */
    static final AttributeName LAST_OWN_FAULT = AttributeName.of("org.jamesdane.last-own-fault");
    /** Set once the sender was told that the mail takes long. */
    static final AttributeName DELAY_TOLD = AttributeName.of("org.jamesdane.delay-told");
    /** Time at which the mail is to be worked on. */
    static final AttributeName DUE = AttributeName.of("org.jamesdane.due");
    /** Host, codes and text for each recipient, on the mail handed to {@code bounceProcessor} and {@code delayProcessor}. */
    static final AttributeName FAILURES = AttributeName.of("org.jamesdane.failures");
    /** Until when the mail is tried, on the mail handed to {@code delayProcessor}. */
    static final AttributeName RETRIED_UNTIL = AttributeName.of("org.jamesdane.retried-until");
    /** True if the mail came with REQUIRETLS; James's own. */
    static final AttributeName REQUIRE_TLS = AttributeName.of("REQUIRETLS");
    /** Set while the sender could not be told of a failure: nothing else is left to do for the mail. */
    static final AttributeName NOTICE_PENDING = AttributeName.of("org.jamesdane.notice-pending");
    /** Reason for which the mail was deferred last. */
    static final AttributeName LAST_REASON = AttributeName.of("org.jamesdane.last-reason");
    /** Due time of a deferred mail. */
    static final AttributeName NEXT_TRY = AttributeName.of("org.jamesdane.next-try");
    /** The name of a mail in its queue, while it is in a repository under another. */
    static final AttributeName QUEUED_NAME = AttributeName.of("org.jamesdane.queued-name");
    /** The row of the database that a mail in the queue comes from, and its generation. */
    static final AttributeName WAITING = AttributeName.of("org.jamesdane.waiting");
    /** Set on a mail that an operator has sent for. */
    static final AttributeName SENT_FOR = AttributeName.of("org.jamesdane.sent-for");
    /** Security label of the delivery, on the mail handed to {@code onSuccess}. */
    static final AttributeName SECURITY = AttributeName.of("org.jamesdane.security");

    private static final String OUR_PREFIX = "org.jamesdane.";
    private static final List<AttributeName> SHARED_WITH_REMOTE_DELIVERY =
        List.of(IS_DELIVERY_PERMANENT_ERROR, DELIVERY_ERROR, DELIVERY_ERROR_CODE, DELIVERY_RETRY_COUNT);
    private static final String TLS_REQUIRED = "TLS-Required";
    /** A reason may quote a host's reply; this much of it is enough for a list. */
    private static final int MAX_REASON = 500;

    private static final Logger LOGGER = LoggerFactory.getLogger(MailAttributes.class);

    private MailAttributes() {
    }

    /**
     * Removes all that an earlier delivery wrote on a mail: one that was reprocessed or redirected begins a new life. A demand for a
     * policy stays, since it is made by other mailets and matchers.
     */
    static void forgetDelivery(Mail mail) {
        List<AttributeName> ours = mail.attributeNames()
            .filter(name -> name.asString().startsWith(OUR_PREFIX) && !name.equals(PolicyDemand.ATTRIBUTE)).toList();
        ours.forEach(mail::removeAttribute);
        SHARED_WITH_REMOTE_DELIVERY.forEach(mail::removeAttribute);
    }

    /** The id of the queue item; empty on mail that an older version put into the queue. */
    static Optional<ItemId> item(Mail mail) {
        return text(mail, ITEM).map(ItemId::new);
    }

    /** The life of the queue item that a mail is; empty on mail that an older version put into the queue. */
    static Optional<ItemLife> life(Mail mail) {
        return item(mail).map(id -> new ItemLife(id.text() + "@" + text(mail, DUE).orElse("")));
    }

    static void setItem(Mail mail, ItemId id) {
        set(mail, ITEM, AttributeValue.of(id.text()));
    }

    /** The id of the whole mail; empty where the queue item is the whole mail. */
    static Optional<String> fanOut(Mail mail) {
        return text(mail, FAN_OUT);
    }

    static void setFanOut(Mail mail, String id) {
        set(mail, FAN_OUT, AttributeValue.of(id));
    }

    /** Tells if {@link #history} reads the attribute. */
    static boolean isOfHistory(String name) {
        return name.startsWith("org.jamesdane.") || name.startsWith("delivery");
    }

    static MailHistory history(Mail mail) {
        Optional<MailAge> age = instant(mail, FIRST_ATTEMPT).map(since -> {
            Optional<Instant> paused = instant(mail, PAUSED_AT);
            return new MailAge(since, instant(mail, LAST_ATTEMPT).or(() -> paused).orElse(since), paused);
        });
        int retries = number(mail, DELIVERY_RETRY_COUNT).orElse(0);
        Optional<FailureNotice> pending = text(mail, NOTICE_PENDING).map(flag -> notice(mail));
        HostFailureHistory hosts = text(mail, HOST_LOG).map(HostFailureHistory::decode).orElse(HostFailureHistory.EMPTY);
        return new MailHistory(age, retries, new MailHistory.Notices(pending, text(mail, DELAY_TOLD).isPresent()), text(mail, LAST_REASON),
            hosts, instant(mail, DUE), new MailHistory.OwnFaults(number(mail, OWN_FAULTS).orElse(0), instant(mail, LAST_OWN_FAULT)));
    }

    static void setHistory(Mail mail, MailHistory history) {
        mail.removeAttribute(PAUSED_AT);
        history.age().ifPresent(age -> setAge(mail, age));
        history.due().ifPresent(due -> setDue(mail, due));
        if (!history.hosts().entries().isEmpty()) {
            set(mail, HOST_LOG, AttributeValue.of(history.hosts().encode()));
        }
        history.ownFaults().last().ifPresent(last -> {
            set(mail, OWN_FAULTS, AttributeValue.of(history.ownFaults().times()));
            set(mail, LAST_OWN_FAULT, AttributeValue.of(last.toString()));
        });
        if (history.notices().delayTold()) {
            set(mail, DELAY_TOLD, AttributeValue.of("true"));
        }
        history.lastReason().ifPresent(reason -> set(mail, LAST_REASON, AttributeValue.of(shortened(reason))));
        set(mail, DELIVERY_RETRY_COUNT, AttributeValue.of(history.retries()));
        set(mail, IS_DELIVERY_PERMANENT_ERROR, AttributeValue.of(history.pendingNotice().isPresent()));
        history.pendingNotice().ifPresent(notice -> {
            setNotice(mail, notice);
            set(mail, NOTICE_PENDING, AttributeValue.of("true"));
        });
    }

    /** The word for the row that the mail comes from; empty if it comes from none. */
    static Optional<String> waiting(Mail mail) {
        return text(mail, WAITING);
    }

    /** Tests whether an operator has sent for the mail. */
    static boolean isSentFor(Mail mail) {
        return text(mail, SENT_FOR).isPresent();
    }

    /** Sets how long the mail has been tried, in times of this node's clock. */
    static void setAge(Mail mail, MailAge age) {
        mail.removeAttribute(PAUSED_AT);
        set(mail, FIRST_ATTEMPT, AttributeValue.of(age.since().toString()));
        set(mail, LAST_ATTEMPT, AttributeValue.of(age.lastSeen().toString()));
        age.pausedAt().ifPresent(paused -> set(mail, PAUSED_AT, AttributeValue.of(paused.toString())));
    }

    /** Sets the time at which the mail is to be worked on. */
    static void setDue(Mail mail, Instant due) {
        set(mail, DUE, AttributeValue.of(due.toString()));
    }

    /** Wish of the sender about TLS, as James's SMTP server noted it or as the header says. */
    static SenderTlsPreference tlsWish(Mail mail) {
        // James 3.9 sets it to true for REQUIRETLS, and to false for TLS-Required.
        boolean required = mail.getAttribute(REQUIRE_TLS).map(Attribute::getValue).map(AttributeValue::value)
            .map(Object::toString).filter("true"::equalsIgnoreCase).isPresent();
        return SenderTlsPreference.of(required, header(mail));
    }

    private static List<String> header(Mail mail) {
        try {
            String[] fields = mail.getMessage() == null ? null : mail.getMessage().getHeader(TLS_REQUIRED);
            return fields == null ? List.of() : List.of(fields);
        } catch (MessagingException e) {
            LOGGER.warn("The header of the mail {} could not be read; TLS-Required is taken for absent", mail.getName(), e);
            return List.of();
        }
    }

    static void setNotice(Mail mail, FailureNotice notice) {
        set(mail, IS_DELIVERY_PERMANENT_ERROR, AttributeValue.of(true));
        set(mail, DELIVERY_ERROR, AttributeValue.of(notice.text()));
        set(mail, ENHANCED_CODE, AttributeValue.of(notice.code().toString()));
        notice.replyCode().ifPresent(code -> set(mail, DELIVERY_ERROR_CODE, AttributeValue.of(code)));
        if (!notice.recipients().isEmpty()) {
            set(mail, FAILURES, RecipientFailures.encode(notice.recipients()));
        }
    }

    private static String shortened(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 1) + "…";
    }

    private static FailureNotice notice(Mail mail) {
        EnhancedStatusCode code = text(mail, ENHANCED_CODE).map(EnhancedStatusCode::parse).orElse(EnhancedStatusCode.OWN_FAULT);
        OptionalInt reply = number(mail, DELIVERY_ERROR_CODE).map(OptionalInt::of).orElse(OptionalInt.empty());
        return new FailureNotice(code, reply, text(mail, DELIVERY_ERROR).orElse(""),
            mail.getAttribute(FAILURES).map(RecipientFailures::decode).orElse(List.of()));
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
