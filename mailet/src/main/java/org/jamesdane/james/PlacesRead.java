/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Places of deferred mail that this server reads, by the form in which the mail waits there. They become more as mailets start. */
final class PlacesRead {
    private final Set<String> queues = ConcurrentHashMap.newKeySet();
    private final Set<String> directories = ConcurrentHashMap.newKeySet();
    private final Set<String> repositories = ConcurrentHashMap.newKeySet();
    private final Set<String> rows = ConcurrentHashMap.newKeySet();

    /** Names a queue of James out of which mail is taken here. */
    void queue(String name) {
        queues.add(name);
    }

    /** Names a directory below the one for files. */
    void directory(String name) {
        directories.add(name);
    }

    /** Names the URL of a repository, with all that belongs to it. */
    void repository(String url) {
        repositories.add(url);
    }

    /** Names a queue whose rows of the database are released here. */
    void rows(String queue) {
        rows.add(queue);
    }

    boolean isQueue(String name) {
        return queues.contains(name);
    }

    boolean isDirectory(String name) {
        return directories.contains(name);
    }

    boolean isRepository(String url, Instant now) {
        return repositories.stream().anyMatch(own -> DailyRepository.isRead(url, own, now));
    }

    boolean isRows(String queue) {
        return rows.contains(queue);
    }
}
