/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the tables of MTA-STS and of TLS reports. A line that begins with a number sign is a remark; bars divide the cells. */
public final class StsTables {
    private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-f]{2})|\\\\([nrt])|\\$\\{([0-9]+),(.)}");

    private StsTables() {
    }

    /** The rows of a table; empty lines are left out. */
    public static List<List<String>> rows(String table) {
        try (InputStream in = StsTables.class.getResourceAsStream(table)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no table " + table);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> Stream.of(line.split("\\|", -1)).map(String::strip).toList()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The octets that a text with escapes stands for: {@code \xHH}, {@code \n}, {@code \r}, {@code \t}, {@code ${count,character}}. */
    public static byte[] octets(String text) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        Matcher escape = ESCAPE.matcher(text);
        int end = 0;
        while (escape.find()) {
            octets.writeBytes(text.substring(end, escape.start()).getBytes(StandardCharsets.UTF_8));
            end = escape.end();
            if (escape.group(1) != null) {
                octets.write(Integer.parseInt(escape.group(1), 16));
            } else if (escape.group(2) != null) {
                octets.write("\n\r\t".charAt("nrt".indexOf(escape.group(2))));
            } else {
                octets.writeBytes(escape.group(4).repeat(Integer.parseInt(escape.group(3))).getBytes(StandardCharsets.UTF_8));
            }
        }
        octets.writeBytes(text.substring(end).getBytes(StandardCharsets.UTF_8));
        return octets.toByteArray();
    }
}
