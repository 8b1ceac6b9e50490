/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.StsPolicy;

/** MTA-STS policies as lines of JSON. The text of a policy is kept as it was fetched, and read anew. */
final class StsPolicyJson {
    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory())
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StsPolicyJson() {
    }

    /**
     * A domain with its policy.
     *
     * @param unwritten true in a copy, if the store did not take the policy
     */
    record Entry(DomainName domain, CachedPolicy policy, boolean unwritten) {
        Entry(DomainName domain, CachedPolicy policy) {
            this(domain, policy, false);
        }
    }

    static byte[] line(Entry entry) {
        CachedPolicy kept = entry.policy();
        Map<String, String> tree = new LinkedHashMap<>();
        tree.put("domain", entry.domain().toString());
        tree.put("id", kept.id());
        tree.put("fetched", kept.fetched().toString());
        tree.put("refreshAfter", kept.refreshAfter().toString());
        kept.failingSince().ifPresent(since -> tree.put("failingSince", since.toString()));
        tree.put("used", kept.used().toString());
        tree.put("body", kept.policy().body());
        if (entry.unwritten()) {
            tree.put("unwritten", "true");
        }
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts is always JSON", e);
        }
    }

    /**
     * The entry of a line.
     *
     * @throws StoreException with a clause, if the line is none that {@link #line} makes
     */
    static Entry entry(String line) throws StoreException {
        try {
            JsonNode node = JSON.readTree(line);
            Times times = new Times(Instant.parse(text(node, "fetched")), Instant.parse(text(node, "refreshAfter")),
                Optional.ofNullable(node.get("failingSince")).map(JsonNode::asText).map(Instant::parse), Instant.parse(text(node, "used")));
            return new Entry(DomainName.of(text(node, "domain")), policy(text(node, "body"), text(node, "id"), times),
                node.has("unwritten"));
        } catch (JsonProcessingException e) {
            throw new StoreException("it is no JSON", e);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Times that are kept with a policy. */
    record Times(Instant fetched, Instant refreshAfter, Optional<Instant> failingSince, Instant used) {
    }

    /**
     * A policy out of its parts.
     *
     * @throws IllegalArgumentException if the text is no policy
     */
    static CachedPolicy policy(String body, String id, Times times) {
        StsPolicy.Reading reading = StsPolicy.read(body.getBytes(UTF_8));
        if (reading instanceof StsPolicy.Malformed malformed) {
            throw new IllegalArgumentException("the text is no policy: " + malformed.text());
        }
        return new CachedPolicy(id, ((StsPolicy.Read) reading).policy(), times.fetched(), times.refreshAfter(), times.failingSince(),
            times.used());
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node == null ? null : node.get(field);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException("it lacks the text \"" + field + "\"");
        }
        return value.textValue();
    }
}
