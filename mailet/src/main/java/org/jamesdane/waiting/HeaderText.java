/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The header of a stored mail as lines of UTF-8, which people can read: a word for the kind, and the value. Control characters, lone
 * surrogates and percent signs are written as percent signs and four hexadecimal digits. The last line is a checksum of all others.
 */
final class HeaderText {
    /** The first line; its number is raised with each change that this code could not read. */
    private static final String FIRST = "mail 1";
    private static final String NAME = "name";
    private static final String SENDER = "sender";
    private static final String RECIPIENT = "recipient";
    private static final String HOST = "remote-host";
    private static final String ADDRESS = "remote-address";
    private static final String STATE = "state";
    private static final String ERROR = "error";
    private static final String UPDATED = "updated";
    private static final String RECIPIENT_HEADER = "recipient-header";
    private static final String ATTRIBUTE = "attribute";
    private static final String CHECKSUM = "checksum";
    private static final int CHECKSUM_LINE = CHECKSUM.length() + " 00000000\n".length();
    private static final HexFormat HEX = HexFormat.of();

    private HeaderText() {
    }

    static byte[] encode(StoredHeader header) {
        StringBuilder text = new StringBuilder(1024).append(FIRST).append('\n');
        line(text, NAME, header.name());
        header.sender().ifPresent(sender -> line(text, SENDER, sender));
        header.recipients().forEach(recipient -> line(text, RECIPIENT, recipient));
        line(text, HOST, header.origin().host());
        line(text, ADDRESS, header.origin().address());
        line(text, STATE, header.status().state());
        header.status().error().ifPresent(error -> line(text, ERROR, error));
        line(text, UPDATED, header.status().updated().toString());
        header.recipientHeaders().forEach(each -> line(text, RECIPIENT_HEADER, each.recipient(), each.field(), each.value()));
        header.attributes().forEach((name, json) -> line(text, ATTRIBUTE, name, json));
        byte[] lines = text.toString().getBytes(StandardCharsets.UTF_8);
        byte[] last = (CHECKSUM + ' ' + checksum(lines, lines.length) + '\n').getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(lines, lines.length + last.length);
        System.arraycopy(last, 0, all, lines.length, last.length);
        return all;
    }

    private static String checksum(byte[] octets, int length) {
        CRC32C sum = new CRC32C();
        sum.update(octets, 0, length);
        return HEX.toHexDigits((int) sum.getValue());
    }

    /** All parts but the last end at the first space, so that spaces in them are escaped. */
    private static void line(StringBuilder text, String kind, String... parts) {
        text.append(kind);
        for (int i = 0; i < parts.length; i++) {
            text.append(' ');
            escape(text, parts[i], i < parts.length - 1);
        }
        text.append('\n');
    }

    private static void escape(StringBuilder text, String part, boolean space) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean pair = Character.isHighSurrogate(c) && i + 1 < part.length() && Character.isLowSurrogate(part.charAt(i + 1));
            if (pair) {
                text.append(c).append(part.charAt(++i));
            } else if (c < ' ' || c == 0x7f || c == '%' || (space && c == ' ') || Character.isSurrogate(c)) {
                text.append('%').append(HEX.toHexDigits(c));
            } else {
                text.append(c);
            }
        }
    }

    static StoredHeader decode(byte[] octets) throws DamagedMailException {
        if (octets.length > StoredHeader.MAX_OCTETS) {
            throw new DamagedMailException("its header has " + octets.length + " octets");
        }
        int lines = octets.length - CHECKSUM_LINE;
        String end = lines < 0 ? "" : new String(octets, lines, CHECKSUM_LINE, StandardCharsets.ISO_8859_1);
        if (!end.equals(CHECKSUM + ' ' + checksum(octets, Math.max(lines, 0)) + '\n')) {
            throw new DamagedMailException("the checksum of its header is wrong");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, lines)).toString();
            return read(text.split("\n", -1));
        } catch (CharacterCodingException | IllegalArgumentException | DateTimeException e) {
            throw new DamagedMailException("its header can't be understood (" + e.getMessage() + ")");
        }
    }

    private static StoredHeader read(String[] lines) throws DamagedMailException {
        if (!lines[0].equals(FIRST)) {
            throw new DamagedMailException("its header begins with \"" + lines[0].substring(0, Math.min(20, lines[0].length()))
                + "\", and only \"" + FIRST + "\" is known here");
        }
        Map<String, String> single = new LinkedHashMap<>();
        List<String> recipients = new ArrayList<>();
        List<StoredHeader.RecipientHeader> headers = new ArrayList<>();
        TreeMap<String, String> attributes = new TreeMap<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            String kind = before(line);
            String value = after(line);
            switch (kind) {
                case RECIPIENT -> recipients.add(unescape(value));
                case RECIPIENT_HEADER -> headers.add(new StoredHeader.RecipientHeader(unescape(before(value)),
                    unescape(before(after(value))), unescape(after(after(value)))));
                case ATTRIBUTE -> attributes.put(unescape(before(value)), unescape(after(value)));
                default -> single.put(kind, unescape(value));
            }
        }
        return new StoredHeader(wanted(single, NAME), Optional.ofNullable(single.get(SENDER)), recipients,
            new StoredHeader.Origin(wanted(single, HOST), wanted(single, ADDRESS)),
            new StoredHeader.Status(wanted(single, STATE), Optional.ofNullable(single.get(ERROR)), Instant.parse(wanted(single, UPDATED))),
            headers, attributes);
    }

    private static String before(String line) {
        int space = line.indexOf(' ');
        return space < 0 ? line : line.substring(0, space);
    }

    private static String after(String line) {
        int space = line.indexOf(' ');
        return space < 0 ? "" : line.substring(space + 1);
    }

    private static String wanted(Map<String, String> values, String kind) {
        String value = values.get(kind);
        if (value == null) {
            throw new IllegalArgumentException("there is no line " + kind);
        }
        return value;
    }

    private static String unescape(String part) {
        int percent = part.indexOf('%');
        if (percent < 0) {
            return part;
        }
        StringBuilder text = new StringBuilder(part.length());
        int from = 0;
        for (; percent >= 0; percent = part.indexOf('%', from)) {
            if (percent + 5 > part.length()) {
                throw new IllegalArgumentException("a percent sign stands at the end of a line");
            }
            text.append(part, from, percent).append((char) HexFormat.fromHexDigits(part, percent + 1, percent + 5));
            from = percent + 5;
        }
        return text.append(part, from, part.length()).toString();
    }
}
