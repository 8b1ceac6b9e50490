/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.jamesdane.delivery.DeferredImport;
import org.jamesdane.delivery.MailAccessException;
import org.jamesdane.waiting.RealDisk;

/** Where deferred mail waits: what is read here, what nobody reads, and the way from one to the other. */
final class DeferralPlaces implements DeferredImport, AutoCloseable {
    /** Also before the first look: all mailets have been started then. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(5);

    private final MailRepositoryStore repositories;
    private final FileSystem files;
    private final InstantSource clock;
    private final Map<String, Deferrals> stores = new ConcurrentHashMap<>();
    private final Set<String> read = ConcurrentHashMap.newKeySet();
    private final MailElsewhere elsewhere;
    private final Ticking looks;

    DeferralPlaces(MailRepositoryStore repositories, FileSystem files, Path waiting, InstantSource clock) {
        this.repositories = repositories;
        this.files = files;
        this.clock = clock;
        this.elsewhere = new MailElsewhere(waiting, repositories, files, read, clock);
        this.looks = new Ticking("dane-deferred-elsewhere", elsewhere::look, BETWEEN_LOOKS);
        looks.start();
    }

    void opened(String queue, Deferrals store) {
        stores.put(queue, store);
    }

    /** Names a place that is read: a directory below the one for files, or the URL of a repository. */
    void reads(String place) {
        read.add(place);
    }

    /** Sentences about what an operator should look at. */
    List<String> problems() {
        return Stream.concat(stores.values().stream().flatMap(store -> store.problems().stream()), elsewhere.problems().stream()).toList();
    }

    /** Ends looking. */
    @Override
    public void close() {
        looks.close();
    }

    @Override
    public synchronized Moved importFrom(String url, Optional<String> queue) throws MailAccessException {
        Deferrals into = store(url, queue);
        MailRepositoryUrl from;
        try {
            from = MailRepositoryUrl.from(url);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("from=" + url + " is no URL of a mail repository, such as "
                + "cassandra://var/dane/deferred/outgoing", e);
        }
        if (read.stream().anyMatch(own -> DailyRepository.isRead(url, own, clock.instant()))) {
            throw new IllegalArgumentException("from=" + url + " is where this server keeps its deferred mail now");
        }
        try {
            TakeOver takeOver = new TakeOver(new RealDisk(), into, () -> true);
            TakeOver.Opening opening = () -> repositories.select(from);
            Optional<Path> directory = directory(url);
            TakeOver.Result result = directory.isPresent() ? takeOver.fromFiles(directory.get(), opening, clock.instant())
                : takeOver.from(opening, Optional.empty(), clock.instant());
            return new Moved(result.taken(), result.already(), result.left());
        } catch (IOException | RuntimeException e) {
            throw new MailAccessException("The repository " + url + " could not be taken over (" + e.getMessage() + ")", e);
        }
    }

    private Deferrals store(String url, Optional<String> queue) {
        String known = stores.keySet().stream().sorted().collect(Collectors.joining(", "));
        String wanted = queue.or(() -> stores.keySet().stream().filter(name -> url.endsWith("/" + name) || url.contains("/" + name + "/"))
            .findFirst()).or(() -> stores.size() == 1 ? stores.keySet().stream().findFirst() : Optional.empty())
            .orElseThrow(() -> new IllegalArgumentException("queue= is missing; it is one of " + known));
        Deferrals store = stores.get(wanted);
        if (store == null) {
            throw new IllegalArgumentException("queue=" + wanted + " is not delivered from here; the queues are " + known);
        }
        if (!store.adopts()) {
            throw new IllegalArgumentException("deferral.store does not take over mail for the queue " + wanted
                + "; set it to files");
        }
        return store;
    }

    private Optional<Path> directory(String url) {
        if (!url.startsWith(FileSystem.FILE_PROTOCOL)) {
            return Optional.empty();
        }
        try {
            return Optional.of(files.getFile(url).toPath());
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("from=" + url + " can't be found", e);
        }
    }
}
