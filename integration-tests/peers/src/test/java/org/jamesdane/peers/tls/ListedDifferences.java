/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The differences that docs/divergences.md lists, as in: {@code - **TLS server, key rsa1023.** The reason.} */
final class ListedDifferences {
    private ListedDifferences() {
    }

    /** The reasons by the names of the cases. */
    static Map<String, String> of(String kind) throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        Matcher entry = Pattern.compile("(?m)^- \\*\\*" + kind + ", ([^*]+)\\.\\*\\* (\\S.*)$")
            .matcher(Files.readString(Path.of(System.getProperty("peers.divergences", "docs/divergences.md"))));
        while (entry.find()) {
            for (String name : entry.group(1).split("; ", -1)) {
                reasons.put(name, entry.group(2));
            }
        }
        return reasons;
    }
}
