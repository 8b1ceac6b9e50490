/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.text.JsonText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one stream of changes to what this server trusts or holds mail to: policies, negative trust anchors, trust anchors and
 * configuration. Each is a line of JSON in the logger {@code org.jamesdane.operator} and in a file of this node.
 *
 * <p>It only tells of changes, and none fails by it.
 */
public final class OperatorEvents {
    /** Events that are shown at most, the newest ones. */
    public static final int MAX_SHOWN = 1000;
    /** Octets of the file before a new one is begun, some ten thousand events; the one before is kept. */
    private static final long MAX_OCTETS = 4L << 20;

    private static final Logger EVENTS = LoggerFactory.getLogger("org.jamesdane.operator");
    private static final Logger LOGGER = LoggerFactory.getLogger(OperatorEvents.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Path older;
    private final String node;
    private final InstantSource clock;
    private volatile Optional<String> problem = Optional.empty();

    /**
     * Takes where the events are kept.
     *
     * @param directory of the file
     * @param node the name of this server
     */
    public OperatorEvents(Path directory, String node, InstantSource clock) {
        this.file = directory.resolve("operator-events.jsonl");
        this.older = directory.resolve("operator-events.1.jsonl");
        this.node = node;
        this.clock = clock;
    }

    /** Name of this server, which each event has. */
    public String node() {
        return node;
    }

    /** Tells of a change that happens now. */
    public void tell(OperatorEvent.Kind kind, String name, String action, Optional<String> value, Optional<OperatorEvent.By> by) {
        tell(new OperatorEvent(clock.instant(), node, kind, name, action, value, by));
    }

    /** Tells of a change to a setting, made on this node. */
    public void tell(SettingChange change, Optional<OperatorEvent.By> by) {
        Setting entry = change.entry();
        String until = entry.expiry().map(end -> "until " + end).orElse("permanent");
        tell(new OperatorEvent(change.at(), node, OperatorEvent.Kind.of(entry.kind()), entry.key(), change.action().toString(),
            Optional.of(entry.value().isEmpty() ? until : entry.value() + ", " + until), by));
    }

    private synchronized void tell(OperatorEvent event) {
        try {
            String line = JsonText.of(event.tree());
            EVENTS.info("{}", line);
            append(line.getBytes(UTF_8));
            problem = Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOGGER.error("The event {} could not be written to {}; the change itself holds", event, file, e);
            problem = Optional.of("Changes by operators could not be written to " + file + " (" + e
                + "): see that the disk has room and the file can be written; the log has them.");
        }
    }

    private void append(byte[] line) throws IOException {
        AtomicFile events = new AtomicFile(file);
        if (events.exists() && Files.size(file) > MAX_OCTETS) {
            Files.move(file, older, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        events.append(line);
    }

    /**
     * The newest events of this node, the newest first.
     *
     * @param wanted which of them
     * @param limit how many at most
     * @throws StoreException if the file cannot be read
     */
    public synchronized List<OperatorEvent> newest(Predicate<OperatorEvent> wanted, int limit) throws StoreException {
        Deque<OperatorEvent> newest = new ArrayDeque<>();
        for (Path each : List.of(older, file)) {
            if (Files.exists(each)) {
                read(each, wanted, limit, newest);
            }
        }
        List<OperatorEvent> reversed = new ArrayList<>(newest);
        Collections.reverse(reversed);
        return reversed;
    }

    private static void read(Path from, Predicate<OperatorEvent> wanted, int limit, Deque<OperatorEvent> newest) throws StoreException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(Files.newInputStream(from),
                UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE)))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                event(line).filter(wanted).ifPresent(newest::addLast);
                if (newest.size() > limit) {
                    newest.removeFirst();
                }
            }
        } catch (IOException e) {
            throw new StoreException("The events in " + from + " can't be read (" + e + ")", e);
        }
    }

    /** The event of a line; empty for one that a kill has cut off, or that only a newer version knows. */
    private static Optional<OperatorEvent> event(String line) {
        try {
            JsonNode tree = JSON.readTree(line);
            Optional<OperatorEvent.By> by = tree.path("owner").isTextual()
                ? Optional.of(new OperatorEvent.By(text(tree, "owner"), text(tree, "reason"))) : Optional.empty();
            return OperatorEvent.Kind.find(text(tree, "kind")).map(kind -> new OperatorEvent(Instant.parse(text(tree, "time")),
                text(tree, "node"), kind, text(tree, "name"), text(tree, "action"),
                Optional.of(text(tree, "value")).filter(value -> !value.isEmpty()), by));
        } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String text(JsonNode tree, String field) {
        return tree.path(field).asText("");
    }

    /** Sentence about events that could not be kept; empty if all was well last. */
    public Optional<String> problem() {
        return problem;
    }
}
