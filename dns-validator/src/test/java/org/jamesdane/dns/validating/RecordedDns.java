/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;

import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.SignedDns;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * The replies of a signed DNS as they were once, so that the same octets of a fuzzer have the same result on every machine and in every
 * year. Nothing goes over a network, and every lookup is complete when it returns.
 *
 * <p>{@code main} records the zones of {@link MutationWorld} anew, into the file that is its argument.
 */
final class RecordedDns {
    private static final String RESOURCE = "recorded-replies.txt";

    private final Clock clock;
    private final TrustAnchors anchors;
    private final Map<String, byte[]> replies;

    private RecordedDns(Instant now, TrustAnchors anchors, Map<String, byte[]> replies) {
        this.clock = Clock.fixed(now, ZoneOffset.UTC);
        this.anchors = anchors;
        this.replies = replies;
    }

    static RecordedDns load() {
        Instant now = Instant.EPOCH;
        List<String> anchors = new ArrayList<>();
        Map<String, byte[]> replies = new TreeMap<>();
        for (String line : lines()) {
            int space = line.indexOf(' ');
            int last = line.lastIndexOf(' ');
            switch (line.substring(0, space)) {
                case "now" -> now = Instant.parse(line.substring(space + 1));
                case "anchor" -> anchors.add(line.substring(space + 1));
                case "reply" -> replies.put(line.substring(space + 1, last), HexFormat.of().parseHex(line.substring(last + 1)));
                default -> throw new IllegalStateException(line);
            }
        }
        return new RecordedDns(now, TrustAnchors.parse(anchors), replies);
    }

    private static List<String> lines() {
        try (InputStream in = Objects.requireNonNull(RecordedDns.class.getResourceAsStream(RESOURCE))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All replies, in the order of their questions. */
    List<byte[]> replies() {
        return List.copyOf(replies.values());
    }

    /**
     * Looks a name up with empty caches.
     *
     * @param attacker makes the octets that come out of the question and the genuine reply to it
     */
    Lookup<?> lookup(String name, RecordType<?> type, BiFunction<String, byte[], byte[]> attacker) {
        return new OffTheWire(clock, anchors, question -> {
            byte[] genuine = replies.get(question.toString());
            if (genuine == null) {
                throw LookupFailure.of(Lookup.Reason.TIMEOUT, "nobody answers " + question);
            }
            return attacker.apply(question.toString(), genuine);
        }).lookup(name, type);
    }

    /** Records the replies to all questions that a lookup of each subject may put. */
    public static void main(String[] arguments) throws IOException {
        MutationWorld world = new MutationWorld();
        List<String> lines = new ArrayList<>();
        try (SignedDns dns = world.world().start()) {
            lines.add("now " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
            dns.trustAnchor().lines().forEach(anchor -> lines.add("anchor " + anchor));
            SimpleResolver client = new SimpleResolver(dns.address());
            client.setTCP(true);
            client.setEDNS(0, Query.UDP_PAYLOAD, ExtendedFlags.DO);
            Map<String, Record> questions = new TreeMap<>();
            for (MutationWorld.Subject subject : world.subjects()) {
                question(questions, subject.name(), Type.value(subject.type()));
                for (Name name = Records.name(subject.name()); !name.equals(Name.root); name = new Name(name, 1)) {
                    question(questions, name.toString(), Type.DS);
                    question(questions, name.toString(), Type.DNSKEY);
                }
            }
            question(questions, ".", Type.DNSKEY);
            for (Map.Entry<String, Record> each : questions.entrySet()) {
                Message query = Message.newQuery(each.getValue());
                query.getHeader().setFlag(Flags.CD);
                lines.add("reply " + each.getKey() + " " + HexFormat.of().formatHex(client.send(query).toWire()));
            }
        }
        Files.write(Path.of(arguments[0]), lines, StandardCharsets.US_ASCII);
    }

    private static void question(Map<String, Record> questions, String name, int type) {
        Record question = Record.newRecord(Records.name(name), type, DClass.IN);
        questions.put(question.getName() + " " + Type.string(type), question);
    }
}
