/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Extensions that a host offers (RFC 5321 §4.1.1.1).
 *
 * @param extensions the keywords in upper case, each with its parameters as they came
 */
public record Capabilities(Map<String, List<String>> extensions) {
    /** Capabilities after HELO. */
    public static final Capabilities NONE = new Capabilities(Map.of());

    /** RFC 5321 §4.1.1.1: ehlo-keyword. */
    private static final Pattern KEYWORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");
    /** RFC 1870 §3: size-value = 1*20DIGIT; larger ones than a long are no limit for us. */
    private static final Pattern SIZE_VALUE = Pattern.compile("[0-9]{1,18}");

    public Capabilities {
        extensions = Map.copyOf(extensions);
    }

    /** Reads the reply to EHLO. The first line is the greeting; a line that is no keyword is left out. */
    static Capabilities of(SmtpReply ehlo) {
        Map<String, List<String>> extensions = new HashMap<>();
        for (String line : ehlo.lines().subList(1, ehlo.lines().size())) {
            // Some servers also write "AUTH=PLAIN", for clients older than RFC 2554.
            String[] words = line.strip().replaceFirst("(?i)^AUTH=", "AUTH ").split("[ \t]+");
            if (KEYWORD.matcher(words[0]).matches()) {
                List<String> parameters = List.of(words).subList(1, words.length);
                extensions.merge(words[0].toUpperCase(Locale.ROOT), parameters, Capabilities::union);
            }
        }
        return new Capabilities(extensions);
    }

    private static List<String> union(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private boolean offers(String keyword) {
        return extensions.containsKey(keyword);
    }

    /** STARTTLS (RFC 3207). */
    public boolean startTls() {
        return offers("STARTTLS");
    }

    /** PIPELINING (RFC 2920). */
    public boolean pipelining() {
        return offers("PIPELINING");
    }

    /** 8BITMIME (RFC 6152). */
    public boolean eightBitMime() {
        return offers("8BITMIME");
    }

    /** SMTPUTF8 (RFC 6531). */
    public boolean smtpUtf8() {
        return offers("SMTPUTF8");
    }

    /** DSN (RFC 3461). */
    public boolean dsn() {
        return offers("DSN");
    }

    /** ENHANCEDSTATUSCODES (RFC 2034). */
    public boolean enhancedStatusCodes() {
        return offers("ENHANCEDSTATUSCODES");
    }

    /** REQUIRETLS (RFC 8689); it counts only under TLS. */
    public boolean requireTls() {
        return offers("REQUIRETLS");
    }

    /** Tests whether MAIL may declare the size (RFC 1870). */
    public boolean size() {
        return offers("SIZE");
    }

    /** The largest message the host takes, in octets; empty if it has no fixed limit or tells none (RFC 1870 §3). */
    public OptionalLong sizeLimit() {
        List<String> parameters = extensions.getOrDefault("SIZE", List.of());
        if (parameters.isEmpty() || !SIZE_VALUE.matcher(parameters.get(0)).matches()) {
            return OptionalLong.empty();
        }
        long limit = Long.parseLong(parameters.get(0));
        return limit == 0 ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** The mechanisms of AUTH (RFC 4954 §3), in upper case. */
    public Set<String> authMechanisms() {
        Set<String> mechanisms = new TreeSet<>();
        extensions.getOrDefault("AUTH", List.of()).forEach(mechanism -> mechanisms.add(mechanism.toUpperCase(Locale.ROOT)));
        return Collections.unmodifiableSet(mechanisms);
    }
}
