/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.text.PrintableText;
import org.jspecify.annotations.Nullable;
import spark.Request;

/**
 * Fields of a JSON object that a caller sent, each asked for by name. {@link #refuseOthers()} then refuses what nobody asked for, so that a
 * misspelt field never counts as absent.
 */
public final class JsonFields {
    /** The largest body; a policy with a long reason has a tenth of it. */
    static final int MAX_BODY = 16_384;
    private static final ObjectMapper JSON = new ObjectMapper()
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode object;
    private final Set<String> asked = new TreeSet<>();

    private JsonFields(JsonNode object) {
        this.object = object;
    }

    static JsonFields of(Request request) {
        // The length is asked for before the body is: a server reads no more than what was announced.
        int length = request.contentLength();
        if (length < 0) {
            throw Refusal.lengthRequired("The request has no Content-Length; it is needed, and at most " + MAX_BODY + ".");
        }
        if (length > MAX_BODY) {
            throw Refusal.tooLarge("The body has " + length + " octets; at most " + MAX_BODY + " are allowed.");
        }
        String body = Optional.ofNullable(request.body()).orElse("");
        if (body.isBlank()) {
            throw Refusal.badRequest(length == 0 ? "The request has no body; it needs a JSON object."
                : "The body could not be read; send it with the header \"Content-Type: application/json\".");
        }
        return parse(body);
    }

    static JsonFields parse(String body) {
        try {
            JsonNode tree = JSON.readTree(body);
            if (tree.isObject()) {
                return new JsonFields(tree);
            }
            throw Refusal.badRequest("The body is JSON, but no object.");
        } catch (JsonProcessingException e) {
            throw Refusal.badRequest("The body is no JSON object: " + PrintableText.of(e.getOriginalMessage()) + ".");
        }
    }

    /** A text that may be absent or null. */
    public Optional<String> text(String name, int maxLength) {
        return value(name).map(node -> {
            if (!node.isTextual()) {
                throw Refusal.badRequest("The field " + name + " is no text.");
            }
            String text = node.textValue();
            if (text.isBlank() || text.length() > maxLength) {
                throw Refusal.badRequest("The field " + name + " has " + text.strip().length() + " characters; 1 to " + maxLength
                    + " are allowed.");
            }
            if (!text.codePoints().allMatch(JsonFields::isPlain)) {
                throw Refusal.badRequest("The field " + name + " has control characters or line breaks; neither is allowed.");
            }
            return text;
        });
    }

    /** A text that must be there. */
    public String requiredText(String name, int maxLength) {
        return text(name, maxLength).orElseThrow(() -> Refusal.badRequest("The field " + name + " is missing."));
    }

    /** A point in time, {@code 2026-11-25T12:00:00Z} for example. */
    public Optional<Instant> instant(String name) {
        return text(name, 64).map(text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw Refusal.badRequest("The field " + name + "=" + PrintableText.of(text) + " is no point in time; it is written "
                    + "2026-11-25T12:00:00Z.");
            }
        });
    }

    /** A truth value; false where it is absent. */
    public boolean flag(String name) {
        Optional<JsonNode> node = value(name);
        if (node.isPresent() && !node.get().isBoolean()) {
            throw Refusal.badRequest("The field " + name + " is neither true nor false.");
        }
        return node.map(JsonNode::booleanValue).orElse(false);
    }

    /** Refuses the fields that were not asked for; to be called when all were that may be there. */
    public void refuseOthers() {
        List<String> others = new ArrayList<>();
        for (Iterator<String> names = object.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!asked.contains(name)) {
                others.add("\"" + PrintableText.of(name) + "\"");
            }
        }
        if (!others.isEmpty()) {
            throw Refusal.badRequest("The field " + others.get(0) + " is not known here; allowed are " + String.join(", ", asked) + ".");
        }
    }

    private Optional<JsonNode> value(String name) {
        asked.add(name);
        @Nullable JsonNode node = object.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    /** Neither control characters nor what changes the direction or the lines of a text. */
    private static boolean isPlain(int character) {
        int type = Character.getType(character);
        return type != Character.CONTROL && type != Character.FORMAT && type != Character.LINE_SEPARATOR
            && type != Character.PARAGRAPH_SEPARATOR && type != Character.SURROGATE && type != Character.UNASSIGNED;
    }
}
