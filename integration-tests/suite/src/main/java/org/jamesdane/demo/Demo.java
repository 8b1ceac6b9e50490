/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.peers.RunDirectory;

/**
 * Sends one mail to each {@link Destination} from a real James with the packaged extension, and prints what has become of it. Exit
 * code 0 only if that is right for each.
 */
public final class Demo {
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final long POLL_MILLIS = 200;

    private Demo() {
    }

    /** Runs the demonstration. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (!DemoWorld.hasAddresses()) {
            System.out.println("The demonstration needs more loopback addresses than this system has. On macOS, add them with: "
                + "for i in $(seq 1 11); do sudo ifconfig lo0 alias 127.77.0.$i; done");
            System.exit(2);
        }
        Path directory = Files.createTempDirectory("james-dane-demo");
        boolean right;
        try {
            right = run(directory);
        } finally {
            RunDirectory.delete(directory);
        }
        System.out.println(right ? "Each mail went where it should." : "NOT RIGHT: see the lines marked above.");
        System.exit(right ? 0 : 1);
    }

    private static boolean run(Path directory) throws InterruptedException {
        progress("signing a DNS world, starting mail hosts and a policy host");
        try (DemoWorld world = new DemoWorld()) {
            progress("starting Apache James 3.8.1 with the extension in extensions-jars");
            JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
            JamesSetup setup = JamesSetup.of(world.configure(sample, "file://conf/dane-trust-anchors"), directory).withOurExtension();
            try (RealJames james = setup.startProcess()) {
                progress("sending a mail to each of " + Destination.values().length + " destinations");
                for (Destination destination : Destination.values()) {
                    james.submit("sender@james.example", List.of(destination.recipient()),
                        "From: sender@james.example\nTo: " + destination.recipient() + "\nSubject: to " + destination.domain()
                            + "\n\nHello.\n");
                }
                return show(await(new Observation(world, james)));
            }
        }
    }

    private static List<Observation.Result> await(Observation observation) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<Observation.Result> results = observation.results();
            if (results.stream().allMatch(Observation.Result::settled) || System.nanoTime() > end) {
                return results;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static boolean show(List<Observation.Result> results) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"", "recipient", "destination", "found", "outcome", "why"});
        for (Observation.Result result : results) {
            rows.add(new String[] {result.right() ? "ok" : "WRONG", result.destination().recipient(), result.destination().story(),
                result.found(), result.outcome(), result.why()});
        }
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        });
        System.out.println();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns - 1; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
            }
            System.out.println(line.append(row[columns - 1]));
        }
        System.out.println();
        return results.stream().allMatch(Observation.Result::right);
    }

    private static void progress(String what) {
        System.out.println("... " + what);
    }
}
