/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.dns.DomainName;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries deferred mail of a domain again at once when what the domain is held to has changed. */
final class PolicyChangeRelease implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PolicyChangeRelease.class);
    /** Changes that may wait for one another; a mail that is left out is tried at its time. */
    private static final int MAX_WAITING = 1000;

    private final DeferredMails mails;
    /** Looking through a queue may take long, and the store's thread must not. */
    private final ExecutorService thread = new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING),
        task -> {
            Thread worker = new Thread(task, "dane-release");
            worker.setDaemon(true);
            return worker;
        });

    private volatile boolean closed;

    private PolicyChangeRelease(DeferredMails mails) {
        this.mails = mails;
    }

    /** Follows the settings; to be called after they were read for the first time, which is no change. */
    static PolicyChangeRelease of(OperatorSettings settings, DeferredMails mails) {
        PolicyChangeRelease release = new PolicyChangeRelease(mails);
        settings.onChange(release::changed);
        return release;
    }

    private void changed(SettingKind kind, Set<String> keys, Collection<Setting> now) {
        try {
            thread.execute(() -> release(keys, selection(kind, keys)));
        } catch (RejectedExecutionException | Error e) {
            LOGGER.warn("Deferred mail of {} is tried at its time, not at once: there are too many changes, or no thread", keys, e);
        }
    }

    static DeferredSelection selection(SettingKind kind, Set<String> keys) {
        Set<DomainName> names = new HashSet<>();
        Set<DomainName> parents = new HashSet<>();
        for (String key : keys) {
            boolean below = key.startsWith(".");
            DomainName name = DomainName.of(below ? key.substring(1) : key);
            if (!below) {
                names.add(name);
            }
            if (below || kind == SettingKind.NEGATIVE_TRUST_ANCHOR) {
                parents.add(name);
            }
        }
        return new DeferredSelection.OfDomains(names, parents);
    }

    private void release(Set<String> keys, DeferredSelection selection) {
        if (closed) {
            return;
        }
        try {
            int released = mails.release(selection);
            if (released > 0) {
                LOGGER.info("{} deferred mails are tried again at once, since what was set for {} has changed", released, keys);
            }
        } catch (Throwable e) {
            LOGGER.error("Deferred mail of {} could not be released; it is tried at its time", keys, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdown();
    }
}
