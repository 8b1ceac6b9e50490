/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.mime4j.MimeException;
import org.apache.mailet.Mail;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.delivery.mail.ContentRefusal;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mail of James's outgoing queue. It lives as long as its delivery; {@link #close} frees the memory or file of its content. */
final class JamesMail implements OutboundMail, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(JamesMail.class);

    private final Mail mail;
    private final Optional<PolicyDemand> demand;
    private final ContentRules rules;
    private final List<JamesContent> contents = new ArrayList<>();
    private final Envelope envelope;
    private Optional<Right> held = Optional.empty();
    private @Nullable JamesContent original;
    private @Nullable MessageContent content;
    private @Nullable MessageContent sevenBit;

    /**
     * Takes a mail from the queue.
     *
     * @param envelope its envelope, without recipients that can't be sent to
     * @param demand the policy the mailet demands for all its mail
     * @param rules for content that SMTP does not provide for
     */
    JamesMail(Mail mail, Envelope envelope, Optional<Policy> demand, ContentRules rules) {
        this(mail, PolicyDemand.of(mail, demand), envelope, rules);
    }

    private JamesMail(Mail mail, Optional<PolicyDemand> demand, Envelope envelope, ContentRules rules) {
        this.rules = rules;
        this.mail = mail;
        this.demand = demand;
        this.envelope = envelope;
    }

    /** The same mail, read from a copy of it. */
    JamesMail from(Mail copy) {
        return new JamesMail(copy, demand, envelope, rules);
    }

    /** The mail itself. */
    Mail mail() {
        return mail;
    }

    @Override
    public String name() {
        return mail.getName();
    }

    @Override
    public Optional<ItemId> item() {
        return MailAttributes.item(mail);
    }

    @Override
    public Envelope envelope() {
        return envelope;
    }

    @Override
    public MailHistory history() {
        return MailAttributes.history(mail);
    }

    @Override
    public Optional<Policy> demand() {
        return demand.map(PolicyDemand::policy);
    }

    @Override
    public String demandedBy() {
        return demand.map(PolicyDemand::whose).orElse("nobody");
    }

    @Override
    public SenderTlsPreference tlsWish() {
        return MailAttributes.tlsWish(mail);
    }

    /**
     * Has the right to send this mail asked for whenever its content was read to the end, before the host is told so.
     *
     * @param right throws when it is lost
     */
    JamesMail under(Right right) {
        held = Optional.of(right);
        return this;
    }

    /** The right to send a mail. */
    @FunctionalInterface
    interface Right {
        /** Fails if the right is lost. */
        void check() throws IOException;
    }

    private MessageContent underRight(MessageContent message) {
        return held.<MessageContent>map(right -> new HeldContent(message, right)).orElse(message);
    }

    @Override
    public MessageContent content() throws MailAccessException {
        MessageContent present = content;
        if (present == null) {
            present = underRight(ruled(original()));
            content = present;
        }
        return present;
    }

    @Override
    public MessageContent sevenBitContent() throws MailAccessException {
        MessageContent present = sevenBit;
        if (present == null) {
            Optional<JamesContent> converted = changed(this::toSevenBit, original());
            present = converted.isPresent() ? underRight(ruled(converted.get())) : content();
            sevenBit = present;
        }
        return present;
    }

    @Override
    public Optional<ContentRefusal> refusal() throws MailAccessException {
        return rules.refusal(original().spool());
    }

    private JamesContent original() throws MailAccessException {
        JamesContent present = original;
        if (present == null) {
            present = read(() -> JamesContent.of(mail.getMessage()));
            original = present;
        }
        return present;
    }

    /** The message without what the rules leave out. */
    private JamesContent ruled(JamesContent message) throws MailAccessException {
        JamesContent ruled = message;
        if (rules.nul() == ContentRules.Nul.STRIP && ruled.spool().hasNul()) {
            ruled = changed(JamesMail::stripNul, ruled).orElse(ruled);
        }
        if (rules.longLines() == ContentRules.LongLines.FOLD && ruled.spool().hasLongLines()) {
            // A signature that does not match any more is worse than a long line (RFC 6376 §3.4).
            ruled = changed(JamesMail::foldUnlessSealed, ruled).orElse(ruled);
        }
        return ruled;
    }

    private static boolean stripNul(JamesContent message, OutputStream out) throws IOException {
        try (InputStream in = message.open()) {
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                if (octet != 0) {
                    out.write(octet);
                }
            }
            return true;
        }
    }

    private static boolean foldUnlessSealed(JamesContent message, OutputStream out) throws IOException {
        try (InputStream in = message.open()) {
            if (LineFolding.isSealed(in)) {
                return false;
            }
        }
        try (InputStream in = message.open()) {
            LineFolding.fold(in, out);
            return true;
        }
    }

    private boolean toSevenBit(JamesContent message, OutputStream out) throws IOException {
        try (InputStream in = message.open()) {
            return SevenBitConversion.convert(in, out);
        } catch (MimeException | RuntimeException e) {
            // What a parser makes of a message that its sender made odd is no failure of this server.
            LOGGER.info("The message of the mail {} is no well-formed MIME ({}); it is not converted to 7 bits", name(), e.getMessage());
            return false;
        }
    }

    /** Empty where nothing was changed. */
    private Optional<JamesContent> changed(Change change, JamesContent message) throws MailAccessException {
        ContentBuffer spool = new ContentBuffer();
        JamesContent result = new JamesContent(spool);
        // Deleted with the others when the mail is released.
        contents.add(result);
        try {
            OutputStream buffered = new BufferedOutputStream(spool);
            boolean changed = change.write(message, buffered);
            buffered.flush();
            spool.finish();
            return changed ? Optional.of(result) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            throw new MailAccessException("The message of the mail " + name() + " could not be read", e);
        }
    }

    @Override
    public void close() {
        for (JamesContent open : contents) {
            try {
                open.close();
            } catch (IOException e) {
                LOGGER.warn("A temporary copy of the mail {} could not be deleted", name(), e);
            }
        }
        contents.clear();
    }

    private JamesContent read(ContentReader reader) throws MailAccessException {
        try {
            JamesContent result = reader.read();
            contents.add(result);
            return result;
        } catch (IOException | MessagingException | RuntimeException e) {
            // What the mail library makes of odd messages includes unchecked exceptions.
            throw new MailAccessException("The message of the mail " + name() + " could not be read", e);
        }
    }

    /** James's addresses of these recipients. */
    List<MailAddress> addresses(List<Recipient> recipients) {
        Set<String> wanted = recipients.stream().map(recipient -> recipient.path().toString()).collect(Collectors.toSet());
        return mail.getRecipients().stream().filter(address -> wanted.contains(address.asString())).toList();
    }

    /** Writes a message anew, and says if it is another one. */
    @FunctionalInterface
    private interface Change {
        boolean write(JamesContent message, OutputStream out) throws IOException;
    }

    @FunctionalInterface
    private interface ContentReader {
        JamesContent read() throws IOException, MessagingException;
    }
}
