/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Measurement of whether James's heap grows while it delivers very many mails to always the same domains. */
public final class GrowthBenchmark {
    private static final int BATCH = 10_000;
    private static final int OCTETS = 4 * 1024;
    private static final int DOMAINS = 20;
    private static final int CLASSES_NAMED = 25;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Longer than connections stay idle, so that none is open when the heap is looked at. */
    private static final Duration REST = Duration.ofSeconds(15);

    private GrowthBenchmark() {
    }

    /**
     * Measures.
     *
     * @param args how many mails, 200,000 without; the heap is looked at after a tenth of them, half, and all
     */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int mails = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
        try (DaneServer server = new DaneServer(DOMAINS, Duration.ZERO, Map.of(), world -> { })) {
            Submitter submitter = new Submitter(server.james().smtp(), OCTETS);
            long start = System.nanoTime();
            deliver(server, submitter, 0, mails / 10);
            HeapContents first = look(server, out, mails / 10, start);
            deliver(server, submitter, mails / 10, mails / 2);
            HeapContents middle = look(server, out, mails / 2, start);
            deliver(server, submitter, mails / 2, mails);
            HeapContents last = look(server, out, mails, start);
            out.println("What grew most in the first part, KiB: " + middle.growthSince(first, CLASSES_NAMED));
            out.println("What grew most in the second part, KiB: " + last.growthSince(middle, CLASSES_NAMED));
        }
    }

    private static void deliver(DaneServer server, Submitter submitter, int from, int to) {
        for (int done = from; done < to;) {
            int number = Math.min(BATCH, to - done);
            submitter.submit(number, DOMAINS);
            done += number;
            int expected = done;
            DaneServer.await(LIMIT, () -> server.sink().arrived().messages() >= expected, "not all mail has arrived");
        }
    }

    private static HeapContents look(DaneServer server, PrintStream out, int mails, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        DaneServer.pause(REST);
        HeapContents heap = server.james().heap();
        out.println(String.format(Locale.ROOT, "After %d mails (%.0f s): %.1f MiB of live heap, of which our classes %.2f MiB; "
            + "peak of the process %d MiB", mails, seconds, heap.mebibytes(), heap.byClass().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("org.jamesdane")).mapToLong(Map.Entry::getValue).sum() / 1048576.0,
            server.james().peakMemory()));
        return heap;
    }
}
