/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.net.IDN;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An absolute domain name, compared without regard to case (RFC 4343).
 *
 * <p>Labels are kept in lower case as presentation text. An octet that is not a printable ASCII character, or is a dot or a backslash, is
 * written {@code \DDD} or {@code \.} (RFC 1035 §5.1). The root is written as a single dot, any other name without a final dot.
 */
public final class DomainName implements Comparable<DomainName> {
    /** The root of the DNS. */
    public static final DomainName ROOT = new DomainName(".");

    /** Octets of a whole name with its length octets (RFC 1035 §2.3.4). */
    private static final int MAX_NAME_OCTETS = 255;
    /** Octets of a label (RFC 1035 §2.3.4). */
    private static final int MAX_LABEL_OCTETS = 63;
    /** Most characters of a wrong name that a message repeats. */
    private static final int SHOWN_CHARACTERS = 80;
    /** Characters that IDNA 2003 maps away and IDNA 2008 keeps: the two would lead to different domains (RFC 5894 §7.2). */
    private static final String DEVIATIONS = "\u00df\u03c2\u200c\u200d";

    /** All there is of a name: hundreds of thousands are kept in caches. */
    private final String text;

    private DomainName(String text) {
        this.text = text;
    }

    /**
     * Reads a name in presentation form, with or without a final dot. Labels outside ASCII become A-labels.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static DomainName of(String text) {
        if (text.equals(".")) {
            return ROOT;
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException("A domain name must not be empty");
        }
        List<String> labels = split(toAscii(text), text);
        int octets = 1;
        for (String label : labels) {
            int length = octetsOf(label, text);
            if (length == 0) {
                throw invalid(text, "it has an empty label");
            }
            if (length > MAX_LABEL_OCTETS) {
                throw invalid(text, "a label has " + length + " octets, at most 63 are allowed");
            }
            octets += length + 1;
        }
        if (octets > MAX_NAME_OCTETS) {
            throw invalid(text, "it has " + octets + " octets, at most 255 are allowed");
        }
        return new DomainName(String.join(".", labels));
    }

    /** Reads a domain name as {@link #of} does; empty where the text is none. */
    public static Optional<DomainName> parse(String text) {
        try {
            return Optional.of(of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String toAscii(String text) {
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        for (int i = 0; i < text.length(); i++) {
            if (DEVIATIONS.indexOf(text.charAt(i)) >= 0) {
                throw invalid(text, "it has a letter that can be read in two ways; write it as an A-label (xn--…)");
            }
        }
        try {
            return IDN.toASCII(text);
        } catch (IllegalArgumentException e) {
            throw invalid(text, "it is no valid internationalised name");
        }
    }

    private static List<String> split(String ascii, String original) {
        List<String> labels = new ArrayList<>();
        StringBuilder label = new StringBuilder();
        int i = 0;
        while (i < ascii.length()) {
            char c = ascii.charAt(i);
            if (c == '\\') {
                i = unescape(ascii, i + 1, label, original);
            } else if (c == '.') {
                labels.add(label.toString());
                label.setLength(0);
                i++;
            } else {
                append(label, c);
                i++;
            }
        }
        if (label.length() > 0) {
            labels.add(label.toString());
        }
        return labels;
    }

    /** Reads what stands behind a backslash at {@code start - 1}; returns the index behind it. */
    private static int unescape(String ascii, int start, StringBuilder label, String original) {
        if (start >= ascii.length()) {
            throw invalid(original, "it ends in a backslash");
        }
        char c = ascii.charAt(start);
        if (!isDigit(c)) {
            append(label, c, true);
            return start + 1;
        }
        if (start + 3 > ascii.length() || !isDigit(ascii.charAt(start + 1)) || !isDigit(ascii.charAt(start + 2))) {
            throw invalid(original, "a backslash and a digit must be followed by two more digits");
        }
        int octet = Integer.parseInt(ascii.substring(start, start + 3));
        if (octet > 255) {
            throw invalid(original, "\\" + octet + " is no octet");
        }
        append(label, (char) octet, true);
        return start + 3;
    }

    private static void append(StringBuilder label, char octet) {
        append(label, octet, false);
    }

    private static void append(StringBuilder label, char octet, boolean escaped) {
        if (octet <= ' ' || octet >= 0x7f) {
            label.append('\\').append((char) ('0' + octet / 100)).append((char) ('0' + octet / 10 % 10)).append((char) ('0' + octet % 10));
        } else if (octet == '\\' || (octet == '.' && escaped)) {
            label.append('\\').append(octet);
        } else {
            label.append(octet >= 'A' && octet <= 'Z' ? (char) (octet + 32) : octet);
        }
    }

    private static int octetsOf(String label, String original) {
        int octets = 0;
        int i = 0;
        while (i < label.length()) {
            if (label.charAt(i) == '\\') {
                i += isDigit(label.charAt(i + 1)) ? 4 : 2;
            } else {
                i++;
            }
            octets++;
        }
        if (i != label.length()) {
            throw invalid(original, "an escape is cut off");
        }
        return octets;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException invalid(String text, String why) {
        String shown = text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
        return new IllegalArgumentException("\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\" is no domain name: " + why);
    }

    /** The labels from the left, none for the root. */
    public List<String> labels() {
        if (isRoot()) {
            return List.of();
        }
        List<String> labels = new ArrayList<>();
        int start = 0;
        for (int dot = nextDot(0); dot >= 0; dot = nextDot(start)) {
            labels.add(text.substring(start, dot));
            start = dot + 1;
        }
        labels.add(text.substring(start));
        return List.copyOf(labels);
    }

    /** The first dot at or behind an index that is not escaped, or -1. The index is that of a label's first character. */
    private int nextDot(int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                // What follows is escaped, or the first of three digits.
                i++;
            } else if (c == '.') {
                return i;
            }
        }
        return -1;
    }

    /** Tests if this is the root, the name without labels. */
    public boolean isRoot() {
        return text.equals(".");
    }

    /** The name without its first label; empty for the root. */
    public Optional<DomainName> parent() {
        if (isRoot()) {
            return Optional.empty();
        }
        int dot = nextDot(0);
        return Optional.of(dot < 0 ? ROOT : new DomainName(text.substring(dot + 1)));
    }

    /** Tests whether this is the other name or below it. */
    public boolean isAtOrBelow(DomainName other) {
        if (other.isRoot() || equals(other)) {
            return true;
        }
        int start = text.length() - other.text.length();
        return start > 0 && text.endsWith(other.text) && isDot(start - 1);
    }

    /** Tests whether a label ends before this index. */
    private boolean isDot(int index) {
        int dot = nextDot(0);
        while (dot >= 0 && dot < index) {
            dot = nextDot(dot + 1);
        }
        return dot == index;
    }

    /**
     * The name below this one, {@code _25._tcp} for example.
     *
     * @throws IllegalArgumentException if the result is too long
     */
    public DomainName prefixedWith(String prefix) {
        return of(isRoot() ? prefix : prefix + "." + text);
    }

    /** Compares labels from the right, as DNS names are ordered (RFC 4034 §6.1), on presentation text. */
    @Override
    public int compareTo(DomainName other) {
        List<String> mine = labels();
        List<String> theirs = other.labels();
        for (int i = 1; i <= Math.min(mine.size(), theirs.size()); i++) {
            int order = mine.get(mine.size() - i).compareTo(theirs.get(theirs.size() - i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(mine.size(), theirs.size());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DomainName that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Presentation form without a final dot; the root is a dot. */
    @Override
    public String toString() {
        return text;
    }
}
