/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.text;

/** Escapes and shortens text from the network, so that it is fit for a log line or a bounce. */
public final class PrintableText {
    /** Characters repeated of what a peer sent. */
    static final int MAX_CHARACTERS = 200;

    private PrintableText() {
    }

    /** The text with everything but printable ASCII replaced, and cut. */
    public static String of(String text) {
        String printable = text.replaceAll("[^ -~]", "?");
        return printable.length() <= MAX_CHARACTERS ? printable : printable.substring(0, MAX_CHARACTERS) + "...";
    }
}
