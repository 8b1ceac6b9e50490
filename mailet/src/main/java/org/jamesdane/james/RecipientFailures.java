/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.delivery.mail.FailureNotice.RecipientFailure;

/**
 * Attribute that tells mailets why each recipient has not got a mail: a map by recipient of maps. Each map has {@code host}, {@code code}
 * (the enhanced status code), {@code reply} (the reply code, if a reply decided it) and {@code text}. It has also {@code diagnostic} (the
 * host's reply word for word, if it said anything).
 */
final class RecipientFailures {
    private static final String HOST = "host";
    private static final String CODE = "code";
    private static final String REPLY = "reply";
    private static final String TEXT = "text";
    private static final String DIAGNOSTIC = "diagnostic";

    private RecipientFailures() {
    }

    static AttributeValue<?> encode(List<RecipientFailure> failures) {
        Map<String, AttributeValue<?>> all = new LinkedHashMap<>();
        for (RecipientFailure failure : failures) {
            Map<String, AttributeValue<?>> one = new LinkedHashMap<>();
            one.put(HOST, AttributeValue.of(failure.host()));
            one.put(CODE, AttributeValue.of(failure.code().toString()));
            failure.replyCode().ifPresent(reply -> one.put(REPLY, AttributeValue.of(reply)));
            one.put(TEXT, AttributeValue.of(failure.text()));
            failure.diagnostic().ifPresent(reply -> one.put(DIAGNOSTIC, AttributeValue.of(reply)));
            all.put(failure.recipient(), AttributeValue.of(one));
        }
        return AttributeValue.of(all);
    }

    /** Reads the form of {@link #encode}; what is no such map is left out. */
    static List<RecipientFailure> decode(Attribute attribute) {
        List<RecipientFailure> failures = new ArrayList<>();
        if (attribute.getValue().value() instanceof Map<?, ?> all) {
            all.forEach((recipient, value) -> {
                if (value instanceof AttributeValue<?> entry && entry.value() instanceof Map<?, ?> one) {
                    failures.add(new RecipientFailure(recipient.toString(), text(one, HOST), EnhancedStatusCode.parse(text(one, CODE)),
                        text(one, REPLY).isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text(one, REPLY))),
                        text(one, TEXT), Optional.of(text(one, DIAGNOSTIC)).filter(reply -> !reply.isEmpty())));
                }
            });
        }
        return failures;
    }

    private static String text(Map<?, ?> one, String key) {
        return one.get(key) instanceof AttributeValue<?> value ? value.value().toString() : "";
    }
}
