/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import javax.mail.MessagingException;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.store.StoreException;
import org.jamesdane.store.WaitingMail;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.StoredHeader;

/** The copy of a mail that waits in the database. */
final class WaitingCopy {
    private WaitingCopy() {
    }

    static WaitingMail of(JamesMail mail, String queue, List<Recipient> to, MailHistory history, Duration delay, boolean lowPriority)
            throws MessagingException {
        if (MailAttributes.item(mail.mail()).isEmpty()) {
            // An older version put it into the queue. As long as this copy of the item is in hand, storing it is repeatable all the same.
            MailAttributes.setItem(mail.mail(), new ItemId(UUID.randomUUID().toString()));
        }
        MailImpl copy = DeferralCopy.of(mail, to, history, Instant.EPOCH, lowPriority);
        try {
            return of(copy, mail.mail(), key(mail.mail(), queue, addresses(copy), history.retries()), queue, history, delay);
        } finally {
            LifecycleUtil.dispose(copy);
        }
    }

    /**
     * A mail that waited elsewhere. The time in the database is not counted: one wait adds a limited time to an age, and this wait goes on.
     *
     * @param key the key that it had there
     */
    static WaitingMail adopted(MailKey key, MailImpl mail, String queue, Duration delay) {
        Hasher hasher = Hashing.sha256().newHasher();
        put(hasher, "adopted");
        put(hasher, queue);
        put(hasher, key.asString());
        return of(mail, mail, new WaitingMail.Key(hasher.hash().toString()), queue, MailAttributes.history(mail), delay);
    }

    private static WaitingMail of(MailImpl copy, Mail octets, WaitingMail.Key key, String queue, MailHistory history,
            Duration delay) {
        // Times of this node's clock mean nothing to others: they stand in columns, as lengths of time.
        List.of(MailAttributes.NEXT_TRY, MailAttributes.DUE, MailAttributes.WAITING, MailAttributes.SENT_FOR)
            .forEach(copy::removeAttribute);
        return new WaitingMail(key, queue, copy.getMaybeSender().asOptional().map(sender -> sender.getDomain().asString()), addresses(copy),
            past(history), delay, content(octets, StoredMail.header(copy).encode()));
    }

    private static List<String> addresses(Mail mail) {
        return mail.getRecipients().stream().map(MailAddress::asString).toList();
    }

    /**
     * The key of a copy: the same however often it is stored, and another for each item of the queue. For an item that comes from the
     * database, row and generation are part of the key. All copies of a mail share the name of the first item.
     */
    private static WaitingMail.Key key(Mail mail, String queue, List<String> recipients, int retries) {
        Hasher hasher = Hashing.sha256().newHasher();
        put(hasher, queue);
        put(hasher, MailAttributes.item(mail).map(ItemId::text).orElse(mail.getName()));
        put(hasher, MailAttributes.waiting(mail).orElse(""));
        put(hasher, String.valueOf(retries));
        recipients.stream().sorted(Comparator.naturalOrder()).forEach(recipient -> put(hasher, recipient));
        return new WaitingMail.Key(hasher.hash().toString());
    }

    private static void put(Hasher hasher, String part) {
        hasher.putInt(part.length()).putString(part, UTF_8);
    }

    private static WaitingMail.Past past(MailHistory history) {
        return new WaitingMail.Past(history.age().map(WaitingCopy::length), history.age().flatMap(MailAge::pausedAt).isPresent(),
            history.retries(), history.lastReason());
    }

    private static Duration length(MailAge age) {
        Duration length = Duration.between(age.since(), age.pausedAt().orElse(age.lastSeen()));
        return length.isNegative() ? Duration.ZERO : length;
    }

    private static WaitingMail.Content content(Mail mail, byte[] header) {
        return new WaitingMail.Content() {
            @Override
            public byte[] header() {
                return header.clone();
            }

            @Override
            public InputStream message() throws IOException {
                return StoredMail.octets(mail);
            }
        };
    }

    /** The header without recipients that are no longer meant, and without what it says of them. */
    static byte[] forOthers(byte[] header, List<String> left) throws StoreException {
        try {
            StoredHeader before = StoredHeader.decode(header);
            return new StoredHeader(before.name(), before.sender(), left, before.origin(), before.status(),
                before.recipientHeaders().stream().filter(each -> left.contains(each.recipient())).toList(), before.attributes()).encode();
        } catch (DamagedMailException e) {
            throw new StoreException("A waiting mail is damaged: " + e.getMessage(), e);
        }
    }

    /** The word of an item that comes from the database. */
    static Optional<WaitingMail.Handle> handle(Mail mail) {
        return MailAttributes.waiting(mail).flatMap(WaitingMail.Handle::of);
    }
}
