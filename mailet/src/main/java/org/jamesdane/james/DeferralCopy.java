/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.queue.api.MailPrioritySupport;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.smtp.Recipient;

/** The copy of a mail that is kept for later, and what can be read from it. */
final class DeferralCopy {
    private DeferralCopy() {
    }

    /** A copy with the same octets, for these recipients, with what the mail has been through and when it is due. */
    static MailImpl of(JamesMail mail, List<Recipient> recipients, MailHistory history, Instant due, boolean lowPriority)
            throws MessagingException {
        MailImpl copy = of(mail.mail(), mail.name(), mail.addresses(recipients));
        copy.setState(Mail.ERROR);
        MailAttributes.setHistory(copy, history);
        setDue(copy, due);
        // The row that it came from answers for the item it is a copy of, and for nothing after that.
        List.of(MailAttributes.WAITING, MailAttributes.SENT_FOR).forEach(copy::removeAttribute);
        if (lowPriority) {
            copy.setAttribute(MailPrioritySupport.LOW_PRIORITY_ATTRIBUTE);
        }
        return copy;
    }

    /** A copy with the same octets and attributes. */
    static MailImpl of(Mail mail, String name, List<MailAddress> recipients) throws MessagingException {
        MailImpl copy = MailImpl.duplicateWithoutMessage(mail).build();
        copy.setName(name);
        copy.setRecipients(recipients);
        copy.setState(mail.getState());
        copy.setMessageNoCopy(new VerbatimMessage(mail.getMessage()));
        return copy;
    }

    static void setDue(Mail mail, Instant due) {
        mail.setAttribute(new Attribute(MailAttributes.NEXT_TRY, AttributeValue.of(due.toString())));
    }

    /** Due time of the mail; empty if the mail is not deferred. */
    static Optional<Instant> due(Mail mail) {
        return MailAttributes.instant(mail, MailAttributes.NEXT_TRY);
    }

    static boolean isMeant(Mail mail, DeferredSelection selection) {
        return mail.getRecipients().stream().anyMatch(address -> selection.includes(address.asString()));
    }

    /** The recipients who are left if those that are meant go. */
    static List<MailAddress> others(Mail mail, DeferredSelection selection) {
        return mail.getRecipients().stream().filter(address -> !selection.includes(address.asString())).toList();
    }

    static DeferredMail view(Mail mail, String id, String queue, Instant due) {
        MailHistory history = MailAttributes.history(mail);
        return new DeferredMail(id, queue,
            mail.getMaybeSender().asOptional().map(sender -> sender.getDomain().asString()),
            mail.getRecipients().stream().map(MailAddress::asString).toList(), due,
            new DeferredMail.Progress(history.retries(), history.age().map(age -> age.since()), history.lastReason()));
    }
}
