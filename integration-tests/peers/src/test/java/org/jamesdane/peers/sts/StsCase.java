/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.sts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A row of {@code sts-cases.txt}: a domain with its record, its policy host and its policy.
 *
 * @param domain a domain of its own
 * @param records lines of a zone file at {@code _mta-sts}, without the owner
 * @param certificate the word for the policy host's certificate
 * @param directives what nginx does with the request beside serving the policy
 * @param policy the text of the policy
 * @param word what our mail is held to: the patterns of an enforced policy, or {@link #NOTHING}
 */
record StsCase(String name, String domain, List<String> records, String certificate, String directives, String policy, String word) {
    /** The word for mail that goes as without a policy. */
    static final String NOTHING = "nothing";
    private static final String GOOD_RECORD = "TXT \"v=STSv1; id=1;\"";
    private static final String GOOD_POLICY = "version: STSv1\\nmode: enforce\\nmx: mx.test\\nmax_age: 86400\\n";
    private static final Pattern FILL = Pattern.compile("\\{fill (\\d+)}");
    private static final int COLUMNS = 6;
    private static final String NETWORK = "127.54.0.";

    /** All rows; a dash stands for the same as in the first. */
    static List<StsCase> all() {
        try (InputStream in = Objects.requireNonNull(StsCase.class.getResourceAsStream("sts-cases.txt"))) {
            List<StsCase> cases = new ArrayList<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> cases.add(of(line, "c" + cases.size() + ".test")));
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StsCase of(String line, String domain) {
        List<String> cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
        if (cells.size() != COLUMNS) {
            throw new IllegalArgumentException("A row has " + COLUMNS + " columns, not: " + line);
        }
        List<String> records = switch (cells.get(1)) {
            case "-" -> List.of(GOOD_RECORD);
            case "none" -> List.of();
            default -> List.of(cells.get(1).split(" \\+ "));
        };
        String text = cells.get(4).equals("-") ? GOOD_POLICY : cells.get(4).replace("{policy}", GOOD_POLICY);
        String policy = FILL.matcher(text.translateEscapes()).replaceAll(fill -> "x".repeat(Integer.parseInt(fill.group(1))));
        return new StsCase(cells.get(0), domain, records, cells.get(2).replaceFirst("^-$", "good"), cells.get(3).replaceFirst("^-$", ""),
            policy, cells.get(5));
    }

    /** The label of the domain in its zone. */
    String label() {
        return domain.substring(0, domain.indexOf('.'));
    }

    /** The address of the policy host, its own, since an address gets one request a second. */
    String address() {
        return NETWORK + (Integer.parseInt(label().substring(1)) + 1);
    }

    /** The name of the policy host. */
    String host() {
        return "mta-sts." + domain;
    }
}
