/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;

/** The deferred mails of all queues that this server's mailets deliver from. */
final class AllDeferredMails implements DeferredMails {
    private final List<DeferredMails> queues = new CopyOnWriteArrayList<>();
    private final Runnable stopTaking;

    /**
     * Begins with no queue.
     *
     * @param stopTaking ends that mail is taken out of the queues
     */
    AllDeferredMails(Runnable stopTaking) {
        this.stopTaking = stopTaking;
    }

    void add(DeferredMails queue) {
        queues.add(queue);
    }

    @Override
    public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
        List<DeferredMail> found = new ArrayList<>();
        int total = 0;
        for (DeferredMails queue : queues) {
            Listing part = queue.list(selection, limit);
            found.addAll(part.mails());
            total += part.total();
        }
        found.sort(Comparator.comparing(DeferredMail::nextTry));
        return new Listing(found.subList(0, Math.min(limit, found.size())), total);
    }

    @Override
    public int release(DeferredSelection selection) throws MailAccessException {
        int released = 0;
        for (DeferredMails queue : queues) {
            released += queue.release(selection);
        }
        return released;
    }

    @Override
    public int drain() throws MailAccessException {
        stopTaking.run();
        int drained = 0;
        for (DeferredMails queue : queues) {
            drained += queue.drain();
        }
        return drained;
    }

    @Override
    public boolean ofAllNodes() {
        return !queues.isEmpty() && queues.stream().allMatch(DeferredMails::ofAllNodes);
    }

    @Override
    public int delete(DeferredSelection selection) throws MailAccessException {
        int changed = 0;
        for (DeferredMails queue : queues) {
            changed += queue.delete(selection);
        }
        return changed;
    }
}
