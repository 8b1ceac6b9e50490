/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mail or a part of one: its header fields and its body (RFC 5322 §2.1, RFC 2046 §5.1), as far as the check of a report needs them.
 * Each octet is a character here.
 */
final class MailText {
    /** Most header fields that are looked at, and most parts: bounds of our own. */
    private static final int MAX_FIELDS = 500;
    private static final int MAX_PARTS = 20;
    /** Characters of the longest field that is looked at. */
    private static final int MAX_FIELD = 10_000;
    private static final Pattern FIELD = Pattern.compile("([!-9;-~]{1,100})[ \\t]*:(.*)", Pattern.DOTALL);

    private final List<String[]> fields = new ArrayList<>();
    private final String body;

    private MailText(String text) {
        int end = text.startsWith("\n") ? 0 : text.indexOf("\n\n");
        String header = end < 0 ? text : text.substring(0, end);
        body = end < 0 ? "" : text.substring(Math.min(text.length(), end + (end == 0 ? 1 : 2)));
        StringBuilder field = new StringBuilder();
        for (String line : header.split("\n", -1)) {
            if (!line.startsWith(" ") && !line.startsWith("\t")) {
                take(field.toString());
                field.setLength(0);
            }
            if (field.length() < MAX_FIELD) {
                field.append(line, 0, Math.min(MAX_FIELD, line.length()));
            }
        }
        take(field.toString());
    }

    /** Reads a mail; its lines may end in either way. */
    static MailText of(byte[] octets) {
        return new MailText(new String(octets, StandardCharsets.ISO_8859_1).replace("\r\n", "\n"));
    }

    private void take(String field) {
        Matcher parts = FIELD.matcher(field);
        if (parts.matches() && fields.size() < MAX_FIELDS) {
            fields.add(new String[] {parts.group(1).toLowerCase(Locale.ROOT), parts.group(2).strip()});
        }
    }

    /** The fields of a name, unfolded. */
    List<String> all(String name) {
        return fields.stream().filter(field -> field[0].equals(name)).map(field -> field[1]).toList();
    }

    /** The first field of a name, unfolded. */
    Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** The media type in small letters; that of plain text where there is none (RFC 2045 §5.2). */
    String mediaType() {
        String type = first("content-type").orElse("text/plain");
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** A parameter of a field (RFC 2045 §5.1). */
    Optional<String> parameter(String field, String name) {
        Pattern parameter = Pattern.compile(";[ \\t]*" + Pattern.quote(name) + "[ \\t]*=[ \\t]*(?:\"([^\"]*)\"|([^;\\s]*))",
            Pattern.CASE_INSENSITIVE);
        Matcher found = parameter.matcher(first(field).orElse(""));
        return found.find() ? Optional.of(found.group(1) == null ? found.group(2) : found.group(1)) : Optional.empty();
    }

    /** The parts of a multipart body; none without a boundary. */
    List<MailText> parts() {
        Optional<String> boundary = parameter("content-type", "boundary").filter(text -> !text.isEmpty());
        List<MailText> parts = new ArrayList<>();
        if (boundary.isEmpty()) {
            return parts;
        }
        String delimiter = "\n--" + boundary.get();
        String rest = "\n" + body;
        int start = rest.indexOf(delimiter);
        while (start >= 0 && parts.size() < MAX_PARTS && !rest.startsWith("--", start + delimiter.length())) {
            int line = rest.indexOf('\n', start + delimiter.length());
            int end = line < 0 ? -1 : rest.indexOf(delimiter, line);
            if (line >= 0) {
                parts.add(new MailText(rest.substring(line + 1, end < 0 ? rest.length() : Math.max(line + 1, end))));
            }
            start = end;
        }
        return parts;
    }

    /** The octets of the body; empty where they are not in the encoding that the part names. */
    Optional<byte[]> decoded() {
        String encoding = first("content-transfer-encoding").orElse("7bit").toLowerCase(Locale.ROOT);
        if (!encoding.equals("base64")) {
            return encoding.matches("7bit|8bit|binary") ? Optional.of(body.getBytes(StandardCharsets.ISO_8859_1)) : Optional.empty();
        }
        try {
            return Optional.of(Base64.getMimeDecoder().decode(body.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
