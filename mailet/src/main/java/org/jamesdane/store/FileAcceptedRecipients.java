/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps accepted recipients in a file of this node, written through to the disk: a journal of what is rare. */
public final class FileAcceptedRecipients implements AcceptedRecipients {
    private static final Logger LOGGER = LoggerFactory.getLogger(FileAcceptedRecipients.class);
    /** Time for which a broker may still give an item out again. */
    private static final Duration KEPT = Duration.ofDays(10);
    /** Octets that are read at the start; each recipient takes about 100. */
    private static final long LONGEST = 64 * 1024 * 1024;

    private final AtomicFile file;
    private final InstantSource clock;
    @GuardedBy("this")
    private final Map<ItemLife, Set<String>> recipients = new LinkedHashMap<>();
    @GuardedBy("this")
    private boolean read;

    /** Keeps the journal {@code accepted-recipients.journal} in a directory; reads nothing yet. */
    public FileAcceptedRecipients(Path directory, InstantSource clock) {
        this.file = new AtomicFile(directory.resolve("accepted-recipients.journal"));
        this.clock = clock;
    }

    @Override
    public synchronized void record(ItemLife item, Collection<String> accepted) throws StoreException {
        readOnce();
        StringBuilder lines = new StringBuilder();
        accepted.forEach(recipient -> lines.append(clock.instant().getEpochSecond()).append(' ').append(encode(item.text())).append(' ')
            .append(encode(recipient)).append('\n'));
        // In memory first: where the disk refuses it, this process knows it all the same.
        recipients.computeIfAbsent(item, key -> new HashSet<>()).addAll(accepted);
        try {
            file.append(lines.toString().getBytes(UTF_8));
        } catch (IOException e) {
            throw new StoreException("The journal of accepted recipients could not be written: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized Set<String> of(ItemLife item) throws StoreException {
        readOnce();
        return Set.copyOf(recipients.getOrDefault(item, Set.of()));
    }

    @GuardedBy("this")
    private void readOnce() throws StoreException {
        if (read) {
            return;
        }
        try {
            StringBuilder kept = new StringBuilder();
            boolean old = false;
            String text = file.exists() ? new String(file.read(LONGEST), UTF_8) : "";
            for (String line : text.split("\n", -1)) {
                String[] fields = line.split(" ", -1);
                if (fields.length == 3 && isKept(fields[0])) {
                    recipients.computeIfAbsent(new ItemLife(decode(fields[1])), key -> new HashSet<>()).add(decode(fields[2]));
                    kept.append(line).append('\n');
                } else {
                    old |= !line.isBlank();
                }
            }
            if (old) {
                file.replace(out -> out.write(kept.toString().getBytes(UTF_8)));
            }
            read = true;
        } catch (IOException e) {
            throw new StoreException("The journal of accepted recipients could not be read: " + e.getMessage(), e);
        }
    }

    private boolean isKept(String seconds) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds)).plus(KEPT).isAfter(clock.instant());
        } catch (IllegalArgumentException | DateTimeException e) {
            LOGGER.warn("A line of the journal of accepted recipients is damaged and is left out");
            return false;
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, UTF_8);
    }
}
