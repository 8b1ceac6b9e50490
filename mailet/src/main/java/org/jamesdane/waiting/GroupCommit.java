/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Gives files their names, many at a time: a directory is written once for all that came meanwhile. It works on a thread of its own, since
 * an interrupted one can't write a directory.
 */
final class GroupCommit {
    /** Files of one turn; the rest waits for the next. */
    private static final int AT_ONCE = 1000;

    private final Disk disk;
    private final Thread thread;
    @GuardedBy("this")
    private final Deque<Step> waiting = new ArrayDeque<>();
    @GuardedBy("this")
    private boolean closed;

    GroupCommit(Disk disk, String name) {
        this.disk = disk;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Gives names in a directory. */
    @FunctionalInterface
    interface Naming {
        void run() throws IOException;
    }

    private record Step(Path directory, Naming naming, CompletableFuture<Void> done) {
    }

    /** Gives names in a directory, and waits until they are on the disk. */
    void commit(Path directory, Naming naming) throws IOException {
        Step step = new Step(directory, naming, new CompletableFuture<>());
        synchronized (this) {
            if (closed) {
                throw new IOException("The store is closed");
            }
            waiting.add(step);
            notifyAll();
        }
        await(step.done());
    }

    /** The step is under way, interrupted or not: only its end says if the mail is stored. */
    private static void await(CompletableFuture<Void> done) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    done.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        for (List<Step> steps = next(); !steps.isEmpty(); steps = next()) {
            turn(steps);
        }
    }

    private synchronized List<Step> next() {
        while (waiting.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt this thread, and what waits has to be done.
            }
        }
        List<Step> steps = new ArrayList<>();
        while (!waiting.isEmpty() && steps.size() < AT_ONCE) {
            steps.add(waiting.remove());
        }
        return steps;
    }

    private void turn(List<Step> steps) {
        Set<Path> directories = new LinkedHashSet<>();
        List<Step> named = new ArrayList<>();
        for (Step step : steps) {
            try {
                step.naming().run();
                directories.add(step.directory());
                named.add(step);
            } catch (IOException | RuntimeException | Error e) {
                step.done().completeExceptionally(e);
            }
        }
        for (Path directory : directories) {
            try {
                disk.syncDirectory(directory);
            } catch (IOException | RuntimeException | Error e) {
                named.stream().filter(step -> step.directory().equals(directory)).forEach(step -> step.done().completeExceptionally(e));
            }
        }
        named.forEach(step -> step.done().complete(null));
    }

    /** Ends after what was asked for. */
    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
    }
}
