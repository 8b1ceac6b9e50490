/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The destinations for which docs/divergences.md says that, and why, Postfix decides otherwise. */
final class Divergences {
    /** Entry of the form {@code - **Postfix, insecure-mx.test.** The reason.} */
    private static final Pattern ENTRY = Pattern.compile("(?m)^- \\*\\*Postfix, (\\S+)\\.\\*\\* (\\S.*)$");

    private Divergences() {
    }

    /** Domain and reason. */
    static Map<String, String> read() {
        try {
            Map<String, String> reasons = new TreeMap<>();
            Matcher entry = ENTRY.matcher(Files.readString(Path.of(System.getProperty("peers.divergences", "docs/divergences.md"))));
            while (entry.find()) {
                reasons.put(entry.group(1), entry.group(2));
            }
            return reasons;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
