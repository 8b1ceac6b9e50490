/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.mime4j.MimeException;
import org.apache.mailet.Mail;
import org.jamesdane.dane.Policy;
import org.jamesdane.dane.TlsWish;
import org.jamesdane.delivery.MailAccessException;
import org.jamesdane.delivery.MailHistory;
import org.jamesdane.delivery.OutboundMail;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mail of James's outgoing queue. Lives as long as its delivery; {@link #close} gives back what its content took. */
final class JamesMail implements OutboundMail, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(JamesMail.class);

    private final Mail mail;
    private final Optional<PolicyDemand> demand;
    private final List<JamesContent> contents = new ArrayList<>();
    private final Envelope envelope;
    private @Nullable JamesContent content;
    private @Nullable MessageContent sevenBit;

    /**
     * Takes a mail from the queue.
     *
     * @param envelope its envelope, without recipients that can't be sent to
     * @param demand the policy the mailet demands for all its mail
     */
    JamesMail(Mail mail, Envelope envelope, Optional<Policy> demand) {
        this.mail = mail;
        this.demand = PolicyDemand.of(mail, demand);
        this.envelope = envelope;
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
    public Optional<String> item() {
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
    public TlsWish tlsWish() {
        return MailAttributes.tlsWish(mail);
    }

    @Override
    public MessageContent content() throws MailAccessException {
        JamesContent present = content;
        if (present == null) {
            present = read(() -> JamesContent.of(mail.getMessage()));
            content = present;
        }
        return present;
    }

    @Override
    public MessageContent sevenBitContent() throws MailAccessException {
        MessageContent present = sevenBit;
        if (present == null) {
            MessageContent original = content();
            present = convert(original).<MessageContent>map(each -> each).orElse(original);
            sevenBit = present;
        }
        return present;
    }

    /** Empty where nothing of it can be converted. */
    private Optional<JamesContent> convert(MessageContent original) throws MailAccessException {
        Spool spool = new Spool();
        boolean converted = false;
        try (InputStream message = original.open()) {
            converted = SevenBitConversion.convert(message, spool);
            spool.finish();
        } catch (MimeException e) {
            LOGGER.info("The message of the mail {} is no well-formed MIME ({}); it is not converted to 7 bits", name(), e.getMessage());
        } catch (IOException | RuntimeException e) {
            throw new MailAccessException("The message of the mail " + name() + " could not be read", e);
        } finally {
            // Deleted with the others when the mail is released.
            contents.add(new JamesContent(spool));
        }
        return converted ? Optional.of(contents.get(contents.size() - 1)) : Optional.empty();
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
        return mail.getRecipients().stream()
            .filter(address -> recipients.stream().anyMatch(recipient -> recipient.path().toString().equals(address.asString())))
            .toList();
    }

    @FunctionalInterface
    private interface ContentReader {
        JamesContent read() throws IOException, MessagingException;
    }
}
