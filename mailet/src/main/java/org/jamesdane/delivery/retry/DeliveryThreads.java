/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for deliveries, which mostly wait: virtual ones where the platform has them and they wait cheaply, else a fixed number of
 * platform threads. No more tasks run at once than allowed, either way.
 */
public final class DeliveryThreads {
    /** From this version on a virtual thread that blocks inside of {@code synchronized} no longer holds its carrier (JEP 491). */
    private static final int VIRTUAL_FROM = 24;

    private static final Logger LOGGER = LoggerFactory.getLogger(DeliveryThreads.class);

    private DeliveryThreads() {
    }

    /** An executor whose tasks wait for each other's end if there are more than so many. */
    public static ExecutorService atMost(int tasks, String name) {
        return virtualThreads(name).<ExecutorService>map(executor -> new Limited(executor, tasks)).orElseGet(() -> {
            AtomicInteger number = new AtomicInteger();
            ThreadPoolExecutor threads = new ThreadPoolExecutor(tasks, tasks, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, name + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
            threads.allowCoreThreadTimeOut(true);
            return threads;
        });
    }

    /** {@code Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name, 1).factory())}, in the words of an older platform. */
    static Optional<ExecutorService> virtualThreads(String name) {
        if (Runtime.version().feature() < VIRTUAL_FROM) {
            return Optional.empty();
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            Object virtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual)).invoke();
            Object named = lookup.findVirtual(ofVirtual, "name", MethodType.methodType(ofVirtual, String.class, long.class))
                .invoke(virtual, name, 1L);
            Object factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class)).invoke(named);
            return Optional.of((ExecutorService) lookup.findStatic(Executors.class, "newThreadPerTaskExecutor",
                MethodType.methodType(ExecutorService.class, ThreadFactory.class)).invoke(factory));
        } catch (Throwable e) {
            // What a method handle throws has no narrower type. Platform threads do as well, only not as many.
            LOGGER.warn("Virtual threads can't be used on this Java platform; platform threads are", e);
            return Optional.empty();
        }
    }

    /** Of the tasks it was given, so many run; the others wait, each in its own virtual thread, which costs next to nothing. */
    private static final class Limited extends AbstractExecutorService {
        private final ExecutorService executor;
        private final Semaphore places;

        Limited(ExecutorService executor, int tasks) {
            this.executor = executor;
            this.places = new Semaphore(tasks);
        }

        @Override
        public void execute(Runnable task) {
            executor.execute(() -> {
                try {
                    places.acquire();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                try {
                    task.run();
                } finally {
                    places.release();
                }
            });
        }

        @Override
        public void shutdown() {
            executor.shutdown();
        }

        /** Interrupts nobody: a delivery may be inside a queue or a store. */
        @Override
        public List<Runnable> shutdownNow() {
            executor.shutdown();
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return executor.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return executor.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return executor.awaitTermination(timeout, unit);
        }
    }
}
