/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.delivery.diagnosis.SevenDestinations;
import org.jamesdane.testing.golden.GoldenRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that dane-check prints of the demonstration's destinations; its JSON is webadmin's answer too. */
class DaneCheckGoldenTest {
    private static void run(GoldenRecord record, String... arguments) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = DaneCheck.run(arguments, InputStream.nullInputStream(), new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8), new Terminal(false, false));
        record.title(String.join(" ", arguments).replaceAll(" --resolver.*", ""));
        record.add("exit " + status);
        record.addJson(out.toString(UTF_8));
        record.add(err.toString(UTF_8));
    }

    @Test
    void shouldJudgeAsRecorded(@TempDir Path directory) throws IOException {
        GoldenRecord record = new GoldenRecord("dane-check.txt");
        try (SevenDestinations destinations = new SevenDestinations("127.79.13")) {
            Path anchors = Files.writeString(directory.resolve("anchors"), destinations.dns().trustAnchor() + "\n");
            String resolver = destinations.dns().address().getAddress().getHostAddress() + ":" + destinations.dns().port();
            for (String domain : SevenDestinations.DOMAINS) {
                for (List<String> form : List.of(List.<String>of(), List.of("--probe"), List.of("--probe", "--json"))) {
                    List<String> words = new ArrayList<>(List.of(domain));
                    words.addAll(form);
                    words.addAll(List.of("--resolver", resolver, "--trust-anchor", anchors.toString(), "--special-targets", "127.0.0.0/8",
                        "--port", String.valueOf(destinations.world().port())));
                    run(record, words.toArray(String[]::new));
                }
            }
        }

        record.check();
    }
}
