/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The commands of a transaction, as the host's capabilities allow them.
 *
 * @param mail the first command
 * @param recipients the RCPT command of each recipient that the host can take
 * @param leftOut why a recipient is not asked for
 */
record TransactionPlan(PermittedCommand mail, Map<Recipient, PermittedCommand> recipients, Map<Recipient, Unsendable> leftOut) {

    /** Conditions that the plan depends on: the host's offer, and what is known of the content without reading it. */
    record Conditions(Capabilities capabilities, boolean underTls, long size, boolean eightBit) {
    }

    /** Reason for which nothing can be sent at all; empty if something can. */
    static Optional<Unsendable> obstacle(Envelope envelope, Conditions conditions) {
        Capabilities offered = conditions.capabilities();
        // RFC 8689 §2: the option must be offered in the reply to the EHLO under TLS.
        if (envelope.requireTls() && !(conditions.underTls() && offered.requireTls())) {
            return Optional.of(new Unsendable.NeedsRequireTls());
        }
        // RFC 6531 §3.2: without the extension such a message must not be sent.
        if (messageNeedsSmtpUtf8(envelope) && !offered.smtpUtf8()) {
            return Optional.of(new Unsendable.NeedsSmtpUtf8());
        }
        // RFC 1870 §5: the attempt to transfer a larger message always fails.
        if (offered.sizeLimit().isPresent() && conditions.size() > offered.sizeLimit().getAsLong()) {
            return Optional.of(new Unsendable.TooLarge(conditions.size(), offered.sizeLimit().getAsLong()));
        }
        // RFC 6152 §3: 8-bit content only to a server that offers to take it.
        if (conditions.eightBit() && !offered.eightBitMime()) {
            return Optional.of(new Unsendable.NeedsSevenBit());
        }
        return Optional.empty();
    }

    /** The commands; only where there is no {@link #obstacle}. */
    static TransactionPlan of(Envelope envelope, Conditions conditions) {
        Map<Recipient, PermittedCommand> commands = new LinkedHashMap<>();
        Map<Recipient, Unsendable> leftOut = new LinkedHashMap<>();
        for (Recipient recipient : envelope.recipients()) {
            if (recipient.path().isAscii() || conditions.capabilities().smtpUtf8()) {
                commands.put(recipient, PermittedCommand.rcpt(recipient.path(), rcptParameters(recipient, conditions.capabilities())));
            } else {
                leftOut.put(recipient, new Unsendable.NeedsSmtpUtf8());
            }
        }
        String reversePath = envelope.sender().map(MailPath::toString).orElse("");
        return new TransactionPlan(PermittedCommand.mail(reversePath, mailParameters(envelope, conditions)), commands, leftOut);
    }

    private static boolean messageNeedsSmtpUtf8(Envelope envelope) {
        return envelope.smtpUtf8() || envelope.sender().filter(sender -> !sender.isAscii()).isPresent();
    }

    private static List<String> mailParameters(Envelope envelope, Conditions conditions) {
        Capabilities offered = conditions.capabilities();
        List<String> parameters = new ArrayList<>();
        if (offered.size()) {
            parameters.add("SIZE=" + conditions.size());
        }
        if (conditions.eightBit()) {
            parameters.add("BODY=8BITMIME");
        }
        // RFC 6531 §3.4: the parameter is needed as soon as one address of the transaction needs it.
        if (messageNeedsSmtpUtf8(envelope) || (offered.smtpUtf8() && hasInternationalRecipient(envelope))) {
            parameters.add("SMTPUTF8");
        }
        if (offered.dsn()) {
            envelope.returned().ifPresent(returned -> parameters.add("RET=" + returned));
            envelope.envelopeId().ifPresent(id -> parameters.add("ENVID=" + Xtext.encode(id)));
        }
        if (envelope.requireTls()) {
            parameters.add("REQUIRETLS");
        }
        return parameters;
    }

    private static boolean hasInternationalRecipient(Envelope envelope) {
        return envelope.recipients().stream().anyMatch(recipient -> !recipient.path().isAscii());
    }

    /** RFC 3461 §4.1, §4.2; a host without DSN would refuse the parameters. */
    private static List<String> rcptParameters(Recipient recipient, Capabilities offered) {
        List<String> parameters = new ArrayList<>();
        if (offered.dsn()) {
            if (!recipient.notifyOn().isEmpty()) {
                parameters.add("NOTIFY=" + String.join(",", recipient.notifyOn().stream().sorted().map(Enum::name).toList()));
            }
            recipient.originalRecipient().ifPresent(original -> parameters.add("ORCPT=" + original.parameter()));
        }
        return parameters;
    }
}
