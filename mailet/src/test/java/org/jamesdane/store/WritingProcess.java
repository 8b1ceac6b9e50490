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
        FileSettingStore store = new FileSettingStore(Path.of(args[0]));
        Instant now = Instant.parse("2026-11-01T12:00:00Z");
        for (int i = Integer.parseInt(args[1]);; i++) {
            Setting entry = new Setting(SettingKind.POLICY, "domain" + i
                + ".example", "may", "x".repeat(400), "who", Optional.empty(), now);
            store.put(new SettingChange(now, SettingChange.Action.SET, entry));
            System.out.println(i);
        }
    }
}
