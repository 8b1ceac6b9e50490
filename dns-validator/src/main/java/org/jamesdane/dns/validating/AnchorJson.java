/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jamesdane.dns.DomainName;

/**
 * The form of the journal: JSON, whose first line has the schema and the SHA-256 of all octets behind it. No library for JSON is used, so
 * that the validator needs none.
 */
final class AnchorJson {
    /** Raised with each change of form that older code could not read. */
    static final int SCHEMA = 1;

    private AnchorJson() {
    }

    /**
     * The content of a journal.
     *
     * @param serial greater with each write
     */
    record Document(long serial, List<TrustPoint> points) {
        Document {
            points = List.copyOf(points);
        }
    }

    /** The document is of a later schema. */
    static final class NewerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NewerException(long schema) {
            super("schema " + schema + ", known is " + SCHEMA);
        }
    }

    static byte[] write(Document document) {
        StringBuilder out = new StringBuilder(1000).append("\"serial\":").append(document.serial()).append(",\n\"zones\":[");
        out.append(document.points().stream().map(AnchorJson::point).collect(Collectors.joining(",\n")));
        byte[] rest = out.append("\n]}\n").toString().getBytes(StandardCharsets.UTF_8);
        byte[] head = ("{\"schema\":" + SCHEMA + ",\"sha256\":\"" + sha256(rest) + "\",\n").getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(head, head.length + rest.length);
        System.arraycopy(rest, 0, all, head.length, rest.length);
        return all;
    }

    private static String point(TrustPoint point) {
        String last = point.last().map(sight -> ",\"latest\":\"" + sight.latest() + "\",\"interval\":" + sight.interval().toSeconds())
            .orElse("");
        return "\n{\"zone\":\"" + point.zone() + "\",\"seeds\":" + anchors(point.seeds()) + last + ",\n\"keys\":["
            + point.keys().stream().map(AnchorJson::key).collect(Collectors.joining(",")) + "]}";
    }

    private static String anchors(List<TrustAnchor> anchors) {
        return anchors.stream().map(anchor -> "\"" + anchor + "\"").collect(Collectors.joining(",", "[", "]"));
    }

    private static String key(TrackedKey tracked) {
        AnchorKey key = tracked.key();
        String wait = tracked.holdDown().map(hold -> ",\"holdDown\":{\"needed\":" + hold.needed().toSeconds() + ",\"passed\":"
            + hold.passed().toSeconds() + ",\"vouchers\":" + anchors(hold.vouchers()) + "}").orElse("");
        // The digest is for people; it follows from the key.
        return "\n{\"state\":\"" + tracked.state().word() + "\",\"source\":\"" + tracked.source().word() + "\",\"flags\":" + key.flags()
            + ",\"algorithm\":" + key.algorithm() + ",\"publicKey\":\"" + key.publicKey() + "\",\"anchor\":\"" + key.anchor()
            + "\",\"firstSeen\":\"" + tracked.seen().first() + "\",\"lastSeen\":\"" + tracked.seen().last()
            + "\",\"changed\":\"" + tracked.seen().changed() + "\"" + wait + "}";
    }

    /**
     * Reads a document.
     *
     * @throws IllegalArgumentException with a clause that says what is wrong with it
     * @throws NewerException if a newer release wrote it
     */
    static Document read(byte[] octets) {
        try {
            return document(octets);
        } catch (ClassCastException | ArithmeticException | DateTimeException e) {
            throw new IllegalArgumentException("its content makes no sense", e);
        }
    }

    private static Document document(byte[] octets) {
        Map<String, Object> tree = JsonReader.object(new String(octets, StandardCharsets.UTF_8));
        long schema = number(tree, "schema");
        if (schema > SCHEMA) {
            throw new NewerException(schema);
        }
        int line = 0;
        while (line < octets.length && octets[line] != '\n') {
            line++;
        }
        if (!text(tree, "sha256").equals(sha256(Arrays.copyOfRange(octets, Math.min(line + 1, octets.length), octets.length)))) {
            throw new IllegalArgumentException("its checksum is wrong");
        }
        List<TrustPoint> points = list(tree, "zones", item -> point(object(item)));
        if (points.stream().map(TrustPoint::zone).distinct().count() != points.size()) {
            throw new IllegalArgumentException("it names a zone twice");
        }
        return new Document(number(tree, "serial"), points);
    }

    private static TrustPoint point(Map<String, Object> tree) {
        DomainName zone = DomainName.of(text(tree, "zone"));
        Optional<TrustPoint.LastSight> last = tree.containsKey("latest") ? Optional.of(new TrustPoint.LastSight(time(tree, "latest"),
            seconds(tree, "interval"))) : Optional.empty();
        return new TrustPoint(zone, anchorList(tree, "seeds"), list(tree, "keys", item -> key(zone, object(item))), last);
    }

    private static TrackedKey key(DomainName zone, Map<String, Object> tree) {
        AnchorKey key = new AnchorKey(zone, Math.toIntExact(number(tree, "flags")), Math.toIntExact(number(tree, "algorithm")),
            text(tree, "publicKey"));
        AnchorState state = word(AnchorState.values(), AnchorState::word, text(tree, "state"));
        Optional<TrackedKey.HoldDown> wait = tree.containsKey("holdDown") ? Optional.of(wait(object(value(tree, "holdDown"))))
            : Optional.empty();
        if (wait.isPresent() != (state == AnchorState.PENDING || state == AnchorState.REVOKED)) {
            throw new IllegalArgumentException("a key that is " + state.word() + " has a hold-down time or has none");
        }
        return new TrackedKey(key, state, word(AnchorSource.values(), AnchorSource::word, text(tree, "source")),
            new TrackedKey.Sights(time(tree, "firstSeen"), time(tree, "lastSeen"), time(tree, "changed")), wait);
    }

    private static TrackedKey.HoldDown wait(Map<String, Object> tree) {
        return new TrackedKey.HoldDown(seconds(tree, "needed"), seconds(tree, "passed"), anchorList(tree, "vouchers"));
    }

    private static <T> T word(T[] values, Function<T, String> word, String text) {
        return Arrays.stream(values).filter(value -> word.apply(value).equals(text)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("a word is unknown"));
    }

    private static List<TrustAnchor> anchorList(Map<String, Object> tree, String name) {
        return list(tree, name, item -> TrustAnchors.parseAnchor((String) item));
    }

    private static <T> List<T> list(Map<String, Object> tree, String name, Function<Object, T> form) {
        List<T> items = new ArrayList<>();
        for (Object item : (List<?>) value(tree, name)) {
            items.add(form.apply(item));
        }
        return items;
    }

    private static Object value(Map<String, Object> tree, String name) {
        return Optional.ofNullable(tree.get(name)).orElseThrow(() -> new IllegalArgumentException("it lacks \"" + name + "\""));
    }

    @SuppressWarnings("unchecked") // the reader makes no other maps
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    private static String text(Map<String, Object> tree, String name) {
        return (String) value(tree, name);
    }

    private static long number(Map<String, Object> tree, String name) {
        return (Long) value(tree, name);
    }

    private static Duration seconds(Map<String, Object> tree, String name) {
        return Duration.ofSeconds(number(tree, name));
    }

    private static Instant time(Map<String, Object> tree, String name) {
        return Instant.parse(text(tree, name));
    }

    private static String sha256(byte[] octets) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
