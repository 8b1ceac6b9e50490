/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jamesdane.dns.DomainName;

/**
 * An MTA-STS policy: what a domain commits its mail hosts to (RFC 8461 §3.2).
 *
 * @param mode the behaviour that the domain wishes
 * @param maxAge the time from the fetch for which the policy applies, within {@link #SHORTEST_AGE} and {@link #LONGEST_AGE}
 * @param mx the names that mail hosts may have; empty in mode {@link Mode#NONE} alone
 * @param body the text of the policy as it was fetched
 */
public record StsPolicy(Mode mode, Duration maxAge, List<MxPattern> mx, String body) {
    /** Octets of the longest policy that is read (RFC 8461 §3.3 suggests 64 kilobytes). */
    public static final int MAX_OCTETS = 65_536;
    /** Longest lifetime, a year of 31,557,600 seconds; a larger number stands for it (RFC 8461 §3.2; erratum 7282). */
    public static final Duration LONGEST_AGE = Duration.ofHours(8766);
    /** Shortest lifetime, in place of a smaller number: a bound of our own, or one domain could be fetched for each mail. */
    public static final Duration SHORTEST_AGE = Duration.ofMinutes(5);

    /** The path of a policy on its host (RFC 8461 §3.2). */
    public static final String PATH = "/.well-known/mta-sts.txt";

    private static final String HOST_LABEL = "mta-sts";

    /** Behaviour of a sender where a host does not meet the policy (RFC 8461 §5). */
    public enum Mode {
        /** No mail goes to the host. */
        ENFORCE,
        /** Mail goes as without a policy, and the failure is reported. */
        TESTING,
        /** Mail goes as without a policy: the domain's way out of MTA-STS (RFC 8461 §8.3). */
        NONE;

        /** The word in a policy. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public StsPolicy {
        mx = List.copyOf(mx);
        if (mx.isEmpty() && mode != Mode.NONE) {
            throw new IllegalArgumentException("a policy in mode " + mode + " names no host");
        }
        if (maxAge.compareTo(SHORTEST_AGE) < 0 || maxAge.compareTo(LONGEST_AGE) > 0) {
            throw new IllegalArgumentException("a policy lives for " + SHORTEST_AGE + " to " + LONGEST_AGE + ", not " + maxAge);
        }
    }

    /** Result of reading a policy. */
    public sealed interface Reading {
    }

    /** The octets are a policy. */
    public record Read(StsPolicy policy) implements Reading {
    }

    /**
     * The octets are no policy.
     *
     * @param text a clause that says what is wrong, and in which line
     */
    public record Malformed(String text) implements Reading {
    }

    /** Reads a policy; a body of more than {@link #MAX_OCTETS} is none, whatever it begins with. */
    public static Reading read(byte[] body) {
        if (body.length > MAX_OCTETS) {
            return new Malformed("it has more than " + MAX_OCTETS + " octets");
        }
        try {
            return PolicyReader.read(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        } catch (CharacterCodingException e) {
            return new Malformed("it is no text in UTF-8");
        }
    }

    /** The host that serves a domain's policy (RFC 8461 §3.2); empty where its name would be too long. */
    public static Optional<DomainName> hostFor(DomainName domain) {
        return DomainName.parse(HOST_LABEL + "." + (domain.isRoot() ? "" : domain));
    }

    /** The address of a domain's policy for people (RFC 8461 §3.2); empty where the host's name would be too long. */
    public static Optional<String> urlFor(DomainName domain) {
        return hostFor(domain).map(host -> "https://" + host + PATH);
    }

    /** Tests whether the policy binds a sender. */
    public boolean enforces() {
        return mode == Mode.ENFORCE;
    }

    /** Tests whether the policy names a host (RFC 8461 §4.1). */
    public boolean names(DomainName host) {
        return mx.stream().anyMatch(pattern -> pattern.matches(host));
    }

    /** The lines of the policy as they were fetched, for reports (RFC 8460 §4.5). */
    public List<String> lines() {
        return body.lines().toList();
    }
}
