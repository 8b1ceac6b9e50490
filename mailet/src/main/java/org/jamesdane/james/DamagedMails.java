/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.Quarantine;
import org.jamesdane.waiting.StoredHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deferred mail that was put aside since it is damaged. Its senders are told when its lifetime ends, if its envelope can be read. */
final class DamagedMails {
    private static final Logger LOGGER = LoggerFactory.getLogger(DamagedMails.class);
    /** Damaged mails that are looked at in one turn. */
    private static final int AT_ONCE = 1000;
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(1);
    private static final String TEXT = "The message was damaged in this server's store of deferred mail and could not be delivered.";
    /** RFC 3463 §3.4: other or undefined mail system status. */
    private static final EnhancedStatusCode DAMAGED = new EnhancedStatusCode(5, 3, 0);

    private final MailQueue queue;
    private final Quarantine quarantine;
    private final InstantSource clock;
    private final Duration lifetime;
    private Instant lastLook = Instant.EPOCH;

    DamagedMails(MailQueue queue, Quarantine quarantine, InstantSource clock, Duration lifetime) {
        this.queue = queue;
        this.quarantine = quarantine;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    void say(String id, DamagedMailException why) {
        LOGGER.error("The deferred mail {} is damaged: {}. It was put aside in {}, and is neither sent nor removed", id, why.getMessage(),
            quarantine.directory());
    }

    /** Damaged mails with a recipient that is meant; where all mails are meant, also those of unknown recipients. */
    List<DeferredMail> list(DeferredSelection selection, int limit) throws MailAccessException {
        List<DeferredMail> mails = new ArrayList<>();
        try {
            for (Quarantine.Kept kept : quarantine.list(Math.max(limit, AT_ONCE))) {
                Optional<String> reason = Optional.of("The stored mail is damaged (" + kept.why() + ") and lies in "
                    + quarantine.directory().resolve(kept.id() + ".mail")
                    + (kept.told() ? "; its sender was told" : ""));
                if (kept.header().isEmpty()) {
                    if (selection instanceof DeferredSelection.All) {
                        mails.add(new DeferredMail(kept.id(), queue.getName().asString(), Optional.empty(), List.of(), Instant.EPOCH,
                            new DeferredMail.Progress(0, Optional.empty(), reason)));
                    }
                } else if (kept.header().get().recipients().stream().anyMatch(selection::includes)) {
                    DeferredMail view = StoredMail.view(kept.header().get(), queue.getName().asString(), end(kept.header().get()));
                    mails.add(new DeferredMail(kept.id(), view.queue(), view.senderDomain(), view.recipients(), view.nextTry(),
                        new DeferredMail.Progress(view.progress().retries(), view.progress().firstAttempt(), reason)));
                }
            }
        } catch (IOException e) {
            throw new MailAccessException("The damaged mail of the queue " + queue.getName().asString() + " could not be listed", e);
        }
        return mails;
    }

    List<String> problems() {
        int number = quarantine.size();
        return number == 0 ? List.of() : List.of(number + " damaged deferred mails of the queue " + queue.getName().asString() + " lie in "
            + quarantine.directory() + "; they are not sent: restore them from a backup, or write to their senders and move them away.");
    }

    private Instant end(StoredHeader header) {
        return StoredMail.view(header, "", Instant.EPOCH).progress().firstAttempt().orElse(header.status().updated()).plus(lifetime);
    }

    /** Gives the notices to the queue, as mails of which nothing is left to do but that. */
    void tellWhoseTimeIsOver() throws IOException {
        Instant now = clock.instant();
        if (quarantine.untold() == 0 || (now.isBefore(lastLook.plus(BETWEEN_LOOKS)) && !now.isBefore(lastLook))) {
            return;
        }
        lastLook = now;
        for (Quarantine.Kept kept : quarantine.list(AT_ONCE)) {
            if (!kept.told() && kept.header().isPresent() && !end(kept.header().get()).isAfter(now)) {
                tell(kept.id(), kept.header().get());
            }
        }
    }

    /** A mail of which nothing is left to do but to tell its sender; to be disposed of. */
    static MailImpl notice(StoredHeader header) throws DamagedMailException {
        MailImpl mail = StoredMail.mail(header, FixedOctets.DAMAGED);
        MailHistory before = MailAttributes.history(mail);
        FailureNotice notice = new FailureNotice(DAMAGED, OptionalInt.empty(), TEXT);
        MailAttributes.setHistory(mail, new MailHistory(before.age(), before.retries(), Optional.of(notice), Optional.of(notice.text())));
        mail.removeAttribute(MailAttributes.NEXT_TRY);
        return mail;
    }

    private void tell(String id, StoredHeader header) throws IOException {
        try {
            MailImpl mail = notice(header);
            try {
                queue.enQueue(mail);
            } finally {
                LifecycleUtil.dispose(mail);
            }
        } catch (DamagedMailException | MessagingException e) {
            throw new IOException("The sender of the damaged mail " + id + " could not be told", e);
        }
        quarantine.told(id);
        LOGGER.error("The lifetime of the damaged mail {} is over; its sender is told. It stays in {}", id, quarantine.directory());
    }
}
