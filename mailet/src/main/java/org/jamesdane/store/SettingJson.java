/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.io.IOException;
import java.io.OutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Entries, changes and counters as JSON. Stored settings are checked as if an operator had just typed them. */
final class SettingJson {
    /** Raised with each change of form that older code could not read. */
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory())
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Set<String> FIELDS = Set.of("key", "policy", "mode", "reason", "owner", "expiry", "since", "at", "action");

    private SettingJson() {
    }

    /** Reader of one item of the document. */
    @FunctionalInterface
    interface Reader<T> {
        T read(JsonNode node);
    }

    /** Writes a document, one item on each line so that people can read and compare it. */
    static <T> void write(OutputStream out, Collection<T> items, java.util.function.Function<T, Map<String, Object>> form)
            throws IOException {
        JsonGenerator generator = JSON.getFactory().createGenerator(out);
        generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        DefaultPrettyPrinter lines = new DefaultPrettyPrinter();
        lines.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        lines.indentObjectsWith(new DefaultPrettyPrinter.FixedSpaceIndenter());
        generator.setPrettyPrinter(lines);
        generator.writeStartObject();
        generator.writeNumberField("version", VERSION);
        generator.writeNumberField("count", items.size());
        generator.writeArrayFieldStart("items");
        for (T item : items) {
            JSON.writeValue(generator, form.apply(item));
        }
        generator.writeEndArray();
        generator.writeEndObject();
        generator.close();
    }

    /** Reads a document as {@link #write} makes it; nothing of it is passed over. */
    static <T> List<T> read(byte[] document, Reader<T> reader) throws StoreException {
        try {
            JsonNode root = JSON.readTree(document);
            if (root == null || !root.isObject()) {
                throw new StoreException("it is no JSON object");
            }
            if (root.path("version").asInt() != VERSION) {
                throw new StoreException("its version is " + root.path("version") + ", and only " + VERSION + " is known here");
            }
            JsonNode items = root.path("items");
            if (!items.isArray() || root.path("count").asInt(-1) != items.size()) {
                throw new StoreException("it says it has " + root.path("count") + " items and has " + items.size());
            }
            List<T> result = new ArrayList<>(items.size());
            for (JsonNode item : items) {
                result.add(reader.read(item));
            }
            return result;
        } catch (JsonProcessingException e) {
            throw new StoreException("it is no JSON (line " + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ")", e);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
    }

    static byte[] line(SettingChange change) throws StoreException {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("at", change.at().toString());
        tree.put("action", change.action().toString());
        tree.putAll(tree(change.entry()));
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new StoreException("The change could not be written as JSON", e);
        }
    }

    /** The change of a line; empty for a line that is none, as a kill in the middle of writing leaves it. */
    static Optional<SettingChange> change(SettingKind kind, String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return Optional.of(new SettingChange(Instant.parse(text(node, "at")), SettingChange.Action.of(text(node, "action")),
                entry(kind, node)));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    static Map<String, Object> tree(Setting entry) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("key", entry.key());
        if (!entry.value().isEmpty()) {
            tree.put(entry.kind().valueField(), entry.value());
        }
        tree.put("reason", entry.reason());
        tree.put("owner", entry.owner());
        entry.expiry().ifPresent(expiry -> tree.put("expiry", expiry.toString()));
        tree.put("since", entry.since().toString());
        return tree;
    }

    static Setting entry(SettingKind kind, JsonNode node) {
        // A misspelt "expiry" would make an exception permanent.
        node.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException("an item has the unknown field \"" + name + "\"");
            }
        });
        return new Setting(kind, text(node, "key"), kind.valueField().isEmpty() ? "" : text(node, kind.valueField()), text(node, "reason"),
            text(node, "owner"), Optional.ofNullable(node.get("expiry")).map(JsonNode::asText).map(Instant::parse),
            Instant.parse(text(node, "since")));
    }

    static Map<String, Object> tree(String run, Counter counter) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("run", run);
        tree.put("hour", counter.hour().toString());
        tree.put("domain", counter.domain());
        tree.put("finding", counter.finding());
        tree.put("reason", counter.reason());
        tree.put("count", counter.count());
        return tree;
    }

    static Map.Entry<String, Counter> counter(JsonNode node) {
        long count = node.path("count").asLong();
        if (count <= 0) {
            throw new IllegalArgumentException("a count is more than zero, not " + node.path("count"));
        }
        return Map.entry(text(node, "run"), new Counter(Instant.parse(text(node, "hour")), text(node, "domain"), text(node, "finding"),
            text(node, "reason"), count));
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException("an item lacks the text \"" + field + "\"");
        }
        return value.textValue();
    }
}
