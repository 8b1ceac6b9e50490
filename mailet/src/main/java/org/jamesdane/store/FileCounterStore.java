/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps counters in {@code statistics.json}. */
public final class FileCounterStore implements CounterStore {
    /** Lines of the file; beyond, the oldest hours go first. A month of 130 domains failing in every hour. */
    static final int MAX_COUNTERS = 100_000;
    private static final long MAX_OCTETS = 64L << 20;

    private final AtomicFile file;

    /** Keeps the counters in {@code statistics.json} of a directory; reads nothing yet. */
    public FileCounterStore(Path directory) {
        this.file = new AtomicFile(directory.resolve("statistics.json"));
    }

    private record RunKey(String run, Counter.Key key) {
    }

    @Override
    public synchronized void write(String run, Collection<Counter> counters, Instant now) throws StoreException {
        Instant oldest = now.minus(RETENTION);
        Map<RunKey, Counter> all = new LinkedHashMap<>();
        for (Map.Entry<String, Counter> kept : load()) {
            all.put(new RunKey(kept.getKey(), kept.getValue().key()), kept.getValue());
        }
        counters.forEach(counter -> all.put(new RunKey(run, counter.key()), counter));
        List<Map.Entry<RunKey, Counter>> kept = new ArrayList<>(all.entrySet());
        kept.removeIf(each -> each.getValue().hour().isBefore(oldest));
        kept.sort(Comparator.comparing(each -> each.getValue().hour()));
        List<Map.Entry<RunKey, Counter>> newest = kept.subList(Math.max(0, kept.size() - MAX_COUNTERS), kept.size());
        try {
            file.replace(out -> SettingJson.write(out, newest, each -> SettingJson.tree(each.getKey().run(), each.getValue())));
        } catch (IOException e) {
            throw new StoreException("The file " + file.path() + " could not be written (" + e + "); nothing was changed", e);
        }
    }

    @Override
    public List<Counter> read(Instant since) throws StoreException {
        return merged(load().stream().map(Map.Entry::getValue).filter(counter -> !counter.hour().isBefore(since)).toList());
    }

    private List<Map.Entry<String, Counter>> load() throws StoreException {
        try {
            if (!file.exists()) {
                return List.of();
            }
            return SettingJson.read(file.read(MAX_OCTETS), SettingJson::counter);
        } catch (StoreException e) {
            throw unreadable(e.sentence(), e);
        } catch (IOException e) {
            throw unreadable(e.toString(), e);
        }
    }

    private StoreException unreadable(String why, Exception cause) {
        return new StoreException("The file " + file.path() + " can't be used: " + why + "; remove it to count anew", cause);
    }

    /** The sums over all runs. */
    static List<Counter> merged(List<Counter> counters) {
        Map<Counter.Key, Long> sums = new LinkedHashMap<>();
        counters.forEach(counter -> sums.merge(counter.key(), counter.count(), Long::sum));
        return sums.entrySet().stream()
            .map(each -> new Counter(each.getKey().hour(), each.getKey().domain(), each.getKey().finding(), each.getKey().reason(),
                each.getValue()))
            .toList();
    }
}
