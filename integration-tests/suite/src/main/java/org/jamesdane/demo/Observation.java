/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.testing.james.James;

/**
 * Record of what really happened: which messages the mail hosts have, what waits in James's queue, and what the audit log says.
 */
public final class Observation {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AUDIT = "org.jamesdane.audit";
    private static final String ABSENT = "-";

    private final DemoWorld world;
    private final James james;

    /**
     * Fate of the mail to a destination.
     *
     * @param found what was found in the DNS, from the audit line
     * @param mark how it left, or the enhanced code
     * @param why the reason, from the audit line
     * @param host the last host tried
     * @param reported whether the audit log tells of what became of it
     * @param leaked whether a host that did not take the mail was told anything of it
     */
    public record Result(Destination destination, String found, Destination.Fate fate, String mark, String why, String host,
            boolean reported, boolean leaked) {
        /** Tests whether the result is what it should be. */
        public boolean right() {
            return fate == destination.expectedFate() && mark.equals(destination.expectedMark()) && host.equals(destination.lastHost())
                && !leaked;
        }

        /** Tests whether nothing more is going to happen. */
        public boolean settled() {
            // A host has the mail before the audit log says so; until then its last line is about the host before.
            return reported && fate != Destination.Fate.LOST;
        }

        /** Fate and mark. */
        public String outcome() {
            return fate + " (" + mark + ")" + (leaked ? ", but part of it reached a host that failed" : "");
        }
    }

    /** Looks at a world and the James that sends to it. */
    public Observation(DemoWorld world, James james) {
        this.world = world;
        this.james = james;
    }

    /** Results, one for each destination. */
    public List<Result> results() {
        List<JsonNode> audit = auditLines();
        JsonNode queue = json(james.webadmin().get("/mailQueues/outgoing/mails").body());
        List<Result> results = new ArrayList<>();
        for (Destination destination : Destination.values()) {
            results.add(result(destination, audit, queue));
        }
        return results;
    }

    private Result result(Destination destination, List<JsonNode> audit, JsonNode queue) {
        Destination.Fate fate = Destination.Fate.LOST;
        if (world.messages(destination).size() == 1) {
            fate = Destination.Fate.DELIVERED;
        } else if (isDeferred(destination, queue)) {
            fate = Destination.Fate.DEFERRED;
        }
        JsonNode last = audit.stream().filter(line -> line.path("nextHop").asText().equals(destination.domain()))
            .reduce((earlier, later) -> later).orElse(JSON.createObjectNode());
        String found = "MX " + last.path("routeSecurity").asText(ABSENT) + ", TLSA " + last.path("tlsa").asText(ABSENT);
        boolean transacted = last.path("outcome").asText().equals("transacted");
        String mark = transacted ? last.path("security").asText(ABSENT)
            : last.path("code").asText(ABSENT);
        String why = transacted
            ? last.path("host").asText() + (last.has("matched") ? ", matched " + cut(last.path("matched").asText(), 30) : "")
            : last.path("text").asText(ABSENT);
        boolean reported = fate == Destination.Fate.DELIVERED ? transacted : last.has("outcome");
        return new Result(destination, found, fate, mark, why, last.path("host").asText(ABSENT), reported, world.leaked(destination));
    }

    private static boolean isDeferred(Destination destination, JsonNode queue) {
        for (JsonNode mail : queue) {
            for (JsonNode recipient : mail.path("recipients")) {
                if (recipient.asText().equals(destination.recipient()) && mail.hasNonNull("nextDelivery")) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<JsonNode> auditLines() {
        return james.log().linesWith(AUDIT).stream().map(line -> json(line.substring(line.indexOf('{')))).toList();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }
}
