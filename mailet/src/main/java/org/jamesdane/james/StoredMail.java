/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import javax.mail.MessagingException;
import javax.mail.internet.AddressException;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.james.core.MailAddress;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStream;
import org.apache.james.server.core.MimeMessageSource;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders.Header;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.StoredHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a stored mail of a mail of James, and the other way round.
 *
 * <p>An attribute that James can't write as JSON is left out. An attribute that James can't read back stays in the stored form, but is not
 * on the mail that goes out. Both cases are logged with the attribute's name. An attribute that demands protection is never lost that way:
 * the mail is then held to {@code dane-only}.
 */
final class StoredMail {
    private static final Logger LOGGER = LoggerFactory.getLogger(StoredMail.class);
    private static final AttributeValue<String> STRICTEST = AttributeValue.of(Policy.DANE_ONLY.toString());

    private StoredMail() {
    }

    /** The header of a stored mail: everything of the mail but its message. */
    static StoredHeader header(Mail mail) {
        List<StoredHeader.RecipientHeader> headers = new ArrayList<>();
        mail.getPerRecipientSpecificHeaders().getHeadersByRecipient().forEach((recipient, header) ->
            headers.add(new StoredHeader.RecipientHeader(recipient.asString(), header.getName(), header.getValue())));
        return new StoredHeader(mail.getName(), mail.getMaybeSender().asOptional().map(MailAddress::asString),
            mail.getRecipients().stream().map(MailAddress::asString).toList(),
            new StoredHeader.Origin(Objects.requireNonNullElse(mail.getRemoteHost(), ""),
                Objects.requireNonNullElse(mail.getRemoteAddr(), "")),
            new StoredHeader.Status(Objects.requireNonNullElse(mail.getState(), Mail.DEFAULT), Optional.ofNullable(mail.getErrorMessage()),
                Optional.ofNullable(mail.getLastUpdated()).map(Date::toInstant).orElse(Instant.EPOCH)),
            headers, attributes(mail));
    }

    private static SortedMap<String, String> attributes(Mail mail) {
        TreeMap<String, String> attributes = new TreeMap<>();
        List<AttributeName> lost = new ArrayList<>();
        mail.attributes().forEach(attribute -> {
            AttributeName name = attribute.getName();
            json(attribute.getValue()).ifPresentOrElse(json -> attributes.put(name.asString(), json), () -> {
                LOGGER.warn("The attribute {} of the mail {} is not stored with it: James has no stored form for its value{}",
                    name.asString(), mail.getName(), consequence(name));
                lost.add(name);
            });
        });
        if (lost.stream().anyMatch(StoredMail::isDemand)) {
            json(STRICTEST).ifPresent(json -> attributes.put(PolicyDemand.ATTRIBUTE.asString(), json));
        }
        return attributes;
    }

    private static Optional<String> json(AttributeValue<?> value) {
        try {
            return value.toJson().map(JsonNode::toString);
        } catch (RuntimeException e) {
            LOGGER.debug("A value can't be written as JSON", e);
            return Optional.empty();
        }
    }

    private static String consequence(AttributeName name) {
        return isDemand(name) ? "; the mail counts as dane-only" : "";
    }

    /** Tests whether an attribute makes a mail better protected than others. */
    private static boolean isDemand(AttributeName name) {
        return name.equals(PolicyDemand.ATTRIBUTE) || name.equals(MailAttributes.REQUIRE_TLS);
    }

    /** The octets of a mail's message, as they are now. */
    static InputStream octets(Mail mail) throws IOException {
        try {
            return new MimeMessageInputStream(mail.getMessage());
        } catch (MessagingException e) {
            throw new IOException("The message of the mail " + mail.getName() + " can't be read", e);
        }
    }

    /**
     * The mail as it was stored.
     *
     * @param message its octets, which are read whenever the message is
     * @throws DamagedMailException if an address in it is none
     */
    static MailImpl mail(StoredHeader header, MimeMessageSource message) throws DamagedMailException {
        try {
            MailImpl.Builder builder = MailImpl.builder().name(header.name())
                .addRecipients(addresses(header.recipients()))
                .state(header.status().state())
                .lastUpdated(Date.from(header.status().updated()));
            if (header.sender().isPresent()) {
                builder.sender(new MailAddress(header.sender().get()));
            }
            header.status().error().ifPresent(builder::errorMessage);
            MailImpl mail = builder.build();
            mail.setRemoteHost(header.origin().host());
            mail.setRemoteAddr(header.origin().address());
            for (StoredHeader.RecipientHeader each : header.recipientHeaders()) {
                mail.addSpecificHeaderForRecipient(Header.builder().name(each.field()).value(each.value()).build(),
                    new MailAddress(each.recipient()));
            }
            List<AttributeName> lost = new ArrayList<>();
            header.attributes().forEach((name, json) -> {
                if (!setAttribute(mail, AttributeName.of(name), json)) {
                    lost.add(AttributeName.of(name));
                }
            });
            if (lost.stream().anyMatch(StoredMail::isDemand)) {
                mail.setAttribute(new Attribute(PolicyDemand.ATTRIBUTE, STRICTEST));
            }
            mail.setMessageNoCopy(new VerbatimMessage(message));
            return mail;
        } catch (AddressException e) {
            throw new DamagedMailException("an address in its header is none (" + e.getMessage() + ")");
        } catch (MessagingException e) {
            throw new IllegalStateException("The octets of the mail " + header.name() + " can't be given to it", e);
        }
    }

    /** View of a stored mail for an administrator. */
    static DeferredMail view(StoredHeader header, String queue, Instant due) {
        MailImpl history = MailImpl.builder().name(header.name()).build();
        // The others are nobody's business here.
        header.attributes().forEach((name, json) -> {
            if (MailAttributes.isOfHistory(name)) {
                setAttribute(history, AttributeName.of(name), json);
            }
        });
        MailHistory read = MailAttributes.history(history);
        return new DeferredMail(header.name(), queue, header.sender().map(DeferredSelection::domainOf), header.recipients(), due,
            new DeferredMail.Progress(read.retries(), read.age().map(MailAge::since), read.lastReason()));
    }

    private static List<MailAddress> addresses(List<String> texts) throws AddressException {
        List<MailAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            addresses.add(new MailAddress(text));
        }
        return addresses;
    }

    /** Serialisers are found by name, classes of values too: what is not there any more must not cost the mail. */
    private static boolean setAttribute(MailImpl mail, AttributeName name, String json) {
        try {
            mail.setAttribute(new Attribute(name, AttributeValue.fromJsonString(json)));
            return true;
        } catch (IOException | RuntimeException | LinkageError e) {
            LOGGER.warn("The attribute {} of the mail {} can't be read back ({}); it stays in the stored form, and the mail goes on "
                + "without it{}", name.asString(), mail.getName(), e.getClass().getSimpleName(), consequence(name));
            LOGGER.debug("The value can't be read back", e);
            return false;
        }
    }
}
