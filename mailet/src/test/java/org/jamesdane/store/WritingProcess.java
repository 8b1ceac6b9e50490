/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Sets policies one after the other until it is killed; says each that was confirmed. */
final class WritingProcess {
    private WritingProcess() {
    }

    public static void main(String[] args) throws StoreException {
        FileEntryStore store = new FileEntryStore(Path.of(args[0]));
        Instant now = Instant.parse("2026-11-01T12:00:00Z");
        for (int i = Integer.parseInt(args[1]);; i++) {
            Entry entry = new Entry(Kind.POLICY, "domain" + i + ".example", "may", "x".repeat(400), "who", Optional.empty(), now);
            store.put(new Change(now, Change.Action.SET, entry));
            System.out.println(i);
        }
    }
}
