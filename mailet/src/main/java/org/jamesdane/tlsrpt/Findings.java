/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.ArrayList;
import java.util.List;

import org.jamesdane.text.PrintableText;

/** Collects findings about one report. Texts from the report are made printable; the number of findings is bounded. */
final class Findings {
    /** Most findings that are kept: a bound of our own. */
    static final int MAX = 200;

    private final List<Finding> list = new ArrayList<>();
    private int leftOut;

    /** Notes what an RFC demands. */
    void breach(String section, String where, String text) {
        add(Finding.Weight.BREACH, section, where, text);
    }

    /** Notes what an RFC advises. */
    void advice(String section, String where, String text) {
        add(Finding.Weight.ADVICE, section, where, text);
    }

    private void add(Finding.Weight weight, String section, String where, String text) {
        if (list.size() < MAX) {
            list.add(new Finding(weight, section, PrintableText.of(where), text.replaceAll("[^ -~]", "?")));
        } else {
            leftOut++;
        }
    }

    /** The findings in the order of the report. */
    List<Finding> list() {
        return List.copyOf(list);
    }

    /** The number of findings that were not kept. */
    int leftOut() {
        return leftOut;
    }

    /** A text of the report, fit to be repeated. */
    static String shown(String text) {
        return "\"" + PrintableText.of(text) + "\"";
    }
}
