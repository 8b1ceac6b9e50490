/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.golden;

/** Text without what differs from run to run: times, durations, ports, digests and identifiers. */
public final class SteadyText {
    private SteadyText() {
    }

    /** Text that is the same in every run of the same behaviour. */
    public static String of(String text) {
        return text
            .replaceAll("[0-9a-fA-F]{24,}…?", "<digest>")
            .replaceAll("[0-9a-f]{8}([-_])[0-9a-f]{4}(?:\\1[0-9a-f]{4}){2}\\1[0-9a-f]{12}", "<uuid>")
            .replaceAll("(?<=Mail|\\bkey |SIZE=)\\d+", "<number>")
            .replaceAll("SMTP ID [0-9a-f]+", "SMTP ID <number>")
            .replaceAll("<\\d+\\.\\d+\\.\\d+@", "<<number>@")
            .replaceAll("(?i)(\"port\":|port[ =]|127(?:\\.\\d+){3}:|\\.example:|\\b_)\\d{4,5}\\b", "$1<port>")
            .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d(?::\\d\\d){1,2}(?:\\.\\d+)?Z", "<time>")
            .replaceAll("\\w{3}, \\d{1,2} \\w{3} \\d{4} [\\d:]{8} \\+0000", "<time>")
            .replaceAll("(\"(?:\\w*[mM]illis|ttl|keyTag)\":)\\d+", "$1<number>")
            .replaceAll("/tmp/(?:junit-|james-dane-record)\\w+", "<directory>");
    }
}
