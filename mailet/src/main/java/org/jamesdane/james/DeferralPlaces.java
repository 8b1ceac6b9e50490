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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.jamesdane.delivery.deferral.DeferredImport;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.retry.Backoff;
import org.jamesdane.waiting.RealDisk;

/** Places where deferred mail waits: those read here, those that nobody reads, and the way from one to the other. */
final class DeferralPlaces implements DeferredImport, AutoCloseable {
    /** Time that a call waits for a take-over; proxies before webadmin often wait for a minute. */
    static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Pause between two looks, and before the first: all mailets have been started then. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(5);

    private final MailElsewhere.Where where;
    private final InstantSource clock;
    private final Duration patience;
    private final Backoff pauses;
    private final Map<String, DeferralBackend> stores = new ConcurrentHashMap<>();
    private final List<FormerRepositories> former = new CopyOnWriteArrayList<>();
    private final PlacesRead read = new PlacesRead();
    private final MailElsewhere elsewhere;
    private final Ticking looks;
    @GuardedBy("this")
    private final Map<String, ImportRun> imports = new HashMap<>();
    private volatile boolean closed;

    /**
     * Begins to look at them.
     *
     * @param patience the time that a call waits for a take-over to end, which goes on after that
     * @param pauses waits for a store that can't be used at the start
     */
    DeferralPlaces(MailElsewhere.Where where, InstantSource clock, Duration patience, Backoff pauses) {
        this.where = where;
        this.clock = clock;
        this.patience = patience;
        this.pauses = pauses;
        this.elsewhere = new MailElsewhere(where, read, clock);
        this.looks = new Ticking("dane-deferred-elsewhere", elsewhere::look, BETWEEN_LOOKS);
        looks.start();
    }

    /** Names the store of a queue, and takes over what earlier versions left for it. */
    void opened(String queue, DeferralBackend store, Map<Path, TakeOver.Opening> before) {
        stores.put(queue, store);
        read.queue(queue);
        if (store.adopts()) {
            FormerRepositories repositories = new FormerRepositories(queue, store, before, clock, pauses);
            former.add(repositories);
            repositories.start();
        }
    }

    PlacesRead read() {
        return read;
    }

    /** Sentences about what an operator should look at. */
    List<String> problems() {
        return Stream.of(stores.values().stream().flatMap(store -> store.problems().stream()),
            former.stream().flatMap(each -> each.problems().stream()), elsewhere.problems().stream())
            .flatMap(each -> each).toList();
    }

    /** Ends looking and taking over, before the stores end. */
    @Override
    public void close() {
        closed = true;
        former.forEach(FormerRepositories::close);
        looks.close();
    }

    @Override
    public synchronized Moved importFrom(String url, Optional<String> queue) throws MailAccessException {
        DeferralBackend into = store(url, queue);
        MailRepositoryUrl from;
        try {
            from = MailRepositoryUrl.from(url);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("from=" + url + " is no URL of a mail repository, such as "
                + "cassandra://var/dane/deferred/outgoing", e);
        }
        if (read.isRepository(url, clock.instant())) {
            throw new IllegalArgumentException("from=" + url + " is where this server keeps its deferred mail now");
        }
        ImportRun run = imports.get(url);
        if (run == null) {
            run = begin(from, directory(url), into);
            imports.put(url, run);
        }
        try {
            boolean done = run.await(patience);
            if (done) {
                imports.remove(url);
            }
            TakeOver.Result result = run.progress().soFar();
            return new Moved(result.taken(), result.already(), result.left(), done, run.progress().remaining(), into.ofAllNodes());
        } catch (IOException e) {
            imports.remove(url);
            throw new MailAccessException("The repository " + url + " could not be taken over (" + e.getMessage() + ")", e);
        }
    }

    private ImportRun begin(MailRepositoryUrl from, Optional<Path> directory, DeferralBackend into) {
        TakeOver takeOver = new TakeOver(new RealDisk(), into, () -> !closed);
        TakeOver.Opening opening = () -> where.repositories().select(from);
        return ImportRun.start(takeOver.progress(), () -> directory.isPresent()
            ? takeOver.fromFiles(directory.get(), opening, clock.instant())
            : takeOver.from(opening, Optional.empty(), clock.instant()));
    }

    private DeferralBackend store(String url, Optional<String> queue) {
        String known = stores.keySet().stream().sorted().collect(Collectors.joining(", "));
        String wanted = queue.or(() -> stores.keySet().stream().filter(name -> url.endsWith("/" + name) || url.contains("/" + name + "/"))
            .findFirst()).or(() -> stores.size() == 1 ? stores.keySet().stream().findFirst() : Optional.empty())
            .orElseThrow(() -> new IllegalArgumentException("queue= is missing; it is one of " + known));
        DeferralBackend store = stores.get(wanted);
        if (store == null) {
            throw new IllegalArgumentException("queue=" + wanted + " is not delivered from here; the queues are " + known);
        }
        if (!store.adopts()) {
            throw new IllegalArgumentException("deferral.store does not take over mail for the queue " + wanted
                + "; set it to files or database");
        }
        return store;
    }

    private Optional<Path> directory(String url) {
        if (!url.startsWith(FileSystem.FILE_PROTOCOL)) {
            return Optional.empty();
        }
        try {
            return Optional.of(where.files().getFile(url).toPath());
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("from=" + url + " can't be found", e);
        }
    }
}
