/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Facts of a stored mail, kept in the name of a small file beside it. So a directory's names are enough to know its mail.
 *
 * @param id of the mail; its first octet is the directory
 * @param generation raised whenever the header is replaced; the highest counts
 * @param state whether the mail waits
 * @param due in milliseconds since 1970
 * @param addressees for whom it is
 */
record Slip(long id, int generation, State state, long due, Addressees addressees) {
    private static final HexFormat HEX = HexFormat.of();
    private static final char SEPARATOR = '+';
    private static final String MAIL = ".mail";
    static final String TEMPORARY = ".tmp";
    /** File systems take names of 255 octets; what does not fit is read from the header. */
    private static final int MAX_NAMED = 120;
    private static final int MAX_RECIPIENTS = 8;
    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    private static final String IN_HEADER = "~";

    /** The stage of a stored mail. */
    enum State {
        /** The mail waits. */
        WAITING('w'),
        /** The mail is being put back into its queue. Found at a start, it may be there already. */
        OUT('o'),
        /** The mail is being sent from here. Found at a start, it may have been sent. */
        IN_HAND('h');

        private final char letter;

        State(char letter) {
            this.letter = letter;
        }
    }

    /**
     * Recipients in a form that fits into a name.
     *
     * @param domains in lower case, in order
     * @param recipients a number made of each address in lower case, in order
     */
    record Addressees(List<String> domains, List<Integer> recipients) {
        Addressees {
            domains = List.copyOf(domains);
            recipients = List.copyOf(recipients);
        }

        static Addressees of(List<String> addresses) {
            TreeSet<String> domains = new TreeSet<>();
            TreeSet<Integer> recipients = new TreeSet<>();
            for (String address : addresses) {
                String lower = address.toLowerCase(Locale.ROOT);
                domains.add(lower.substring(lower.lastIndexOf('@') + 1));
                recipients.add(number(address));
            }
            return new Addressees(List.copyOf(domains), List.copyOf(recipients));
        }

        static int number(String address) {
            return address.toLowerCase(Locale.ROOT).hashCode();
        }

        /** Empty if they need a look into the header. */
        private Optional<String> text() {
            StringBuilder text = new StringBuilder();
            for (String domain : domains) {
                escape(text.append(text.isEmpty() ? "" : ","), domain);
                if (text.length() > MAX_NAMED) {
                    return Optional.empty();
                }
            }
            text.append(SEPARATOR);
            for (int i = 0; i < recipients.size(); i++) {
                text.append(i == 0 ? "" : ",").append(HEX.toHexDigits(recipients.get(i)));
            }
            return recipients.size() > MAX_RECIPIENTS ? Optional.empty() : Optional.of(text.toString());
        }

        private static void escape(StringBuilder text, String domain) {
            for (int i = 0; i < domain.length(); i++) {
                char c = domain.charAt(i);
                if (PLAIN.indexOf(c) >= 0) {
                    text.append(c);
                } else {
                    text.append('_').append(HEX.toHexDigits(c));
                }
            }
        }

        private static String unescape(String text) {
            StringBuilder domain = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) == '_') {
                    domain.append((char) HexFormat.fromHexDigits(text, i + 1, i + 5));
                    i += 4;
                } else {
                    domain.append(text.charAt(i));
                }
            }
            return domain.toString();
        }
    }

    /** A slip as its name says it; the addressees may have to be read elsewhere. */
    record Named(long id, int generation, State state, long due, Optional<Addressees> addressees) {
        Slip with(Addressees known) {
            return new Slip(id, generation, state, due, known);
        }
    }

    static String directory(long id) {
        return HEX.toHexDigits((byte) (id >>> 56));
    }

    static String mailName(long id) {
        return HEX.toHexDigits(id) + MAIL;
    }

    static Optional<Long> mailId(String fileName) {
        return fileName.endsWith(MAIL) && fileName.length() == 16 + MAIL.length() ? id(fileName.substring(0, 16)) : Optional.empty();
    }

    static String text(long id) {
        return HEX.toHexDigits(id);
    }

    static Optional<Long> id(String text) {
        try {
            return text.length() == 16 ? Optional.of(HexFormat.fromHexDigitsToLong(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    String fileName() {
        return HEX.toHexDigits(id) + SEPARATOR + HEX.toHexDigits(generation) + SEPARATOR + state.letter + SEPARATOR
            + HEX.toHexDigits(due) + SEPARATOR + addressees.text().orElse(IN_HEADER);
    }

    /** Reads a file's name; empty if it is none of a slip. */
    static Optional<Named> parse(String fileName) {
        String[] parts = fileName.split("\\" + SEPARATOR, -1);
        if (parts.length != 5 && parts.length != 6) {
            return Optional.empty();
        }
        try {
            State state = Arrays.stream(State.values()).filter(each -> parts[2].equals(String.valueOf(each.letter))).findFirst()
                .orElseThrow(IllegalArgumentException::new);
            Optional<Addressees> addressees = parts.length == 5 ? Optional.empty() : Optional.of(new Addressees(
                Arrays.stream(parts[4].split(",", -1)).map(Addressees::unescape).toList(),
                Arrays.stream(parts[5].split(",", -1)).map(HexFormat::fromHexDigits).toList()));
            return Optional.of(new Named(HexFormat.fromHexDigitsToLong(parts[0]), HexFormat.fromHexDigits(parts[1]), state,
                HexFormat.fromHexDigitsToLong(parts[3]), addressees));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
