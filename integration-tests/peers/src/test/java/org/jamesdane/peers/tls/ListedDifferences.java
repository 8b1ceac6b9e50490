/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The differences that docs/divergences.md lists, with our own word, as in: {@code - **TLS server, refused: key rsa1023.** The reason.}
 *
 * <p>Debian updates the referee, which may come to agree with us. So a listed case has to have our listed word, whatever the referee says
 * now. All others have to have the referee's.
 */
final class ListedDifferences {
    private ListedDifferences() {
    }

    /**
     * Asserts that all is as the referee has it, but for what is listed.
     *
     * @param kind first words of the entries
     * @param good our word for a case that we take; all other words mean that we do not
     * @param ours whether we take each case
     * @param referees whether the referee does
     */
    static void hold(String kind, String good, Map<String, Boolean> ours, Map<String, Boolean> referees) throws IOException {
        Map<String, Boolean> listed = listed(kind, good);
        Map<String, Boolean> wanted = new TreeMap<>();
        ours.keySet().forEach(name -> wanted.put(name, listed.getOrDefault(bare(name), referees.getOrDefault(name, false))));

        assertThat(ours).containsExactlyInAnyOrderEntriesOf(wanted);
        assertThat(new TreeSet<>(ours.keySet().stream().map(ListedDifferences::bare).toList())).as("cases").containsAll(listed.keySet());
        listed.forEach((name, word) -> {
            if (word.equals(referees.get(name))) {
                System.out.println("The referee agrees now: " + kind + ", " + name);
            }
        });
    }

    private static String bare(String name) {
        return name.replace(AnchorCase.GNUTLS, "");
    }

    private static Map<String, Boolean> listed(String kind, String good) throws IOException {
        Map<String, Boolean> words = new TreeMap<>();
        Matcher entry = Pattern.compile("(?m)^- \\*\\*" + kind + ", ([a-z ]+): ([^*]+)\\.\\*\\* \\S.*$")
            .matcher(Files.readString(Path.of(System.getProperty("peers.divergences", "docs/divergences.md"))));
        while (entry.find()) {
            for (String name : entry.group(2).split("; ", -1)) {
                words.put(name, entry.group(1).equals(good));
            }
        }
        assertThat(words).as("entries of %s", kind).isNotEmpty();
        return words;
    }
}
