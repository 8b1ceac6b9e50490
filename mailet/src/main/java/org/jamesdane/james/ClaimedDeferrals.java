/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.List;

import javax.mail.MessagingException;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.retry.Backoff;
import org.jamesdane.smtp.Recipient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store of deferred mail that no other server may use at the same time. A store that can't be opened, or that another server has claimed,
 * is tried again in the background. Until then no mail is deferred; a mail to be deferred stays in its queue.
 */
final class ClaimedDeferrals implements DeferralBackend {
    private static final Logger LOGGER = LoggerFactory.getLogger(ClaimedDeferrals.class);
    /** Looks after the claim between two attempts to open the store. */
    private static final int BETWEEN_ATTEMPTS = 5;

    private final String what;
    private final Source source;
    private final Backoff patience;
    private final OutageLog outage;
    private final Ticking ticking;
    private volatile @Nullable DeferralBackend store;
    private volatile String trouble = "it was not opened yet";
    @GuardedBy("this")
    private @Nullable RepositoryClaim claim;
    @GuardedBy("this")
    private boolean started;
    @GuardedBy("this")
    private boolean closed;
    @GuardedBy("this")
    private int ticks;

    /** Makes what is needed of the repositories. */
    interface Source {
        /** The claim; made anew for each attempt. */
        RepositoryClaim claim() throws MailRepositoryStore.MailRepositoryStoreException;

        /** The store, once the claim is taken. */
        DeferralBackend store() throws MailRepositoryStore.MailRepositoryStoreException, MessagingException;
    }

    /**
     * Prepares it; {@link #open} opens the store.
     *
     * @param what its name, as a sentence begins with it
     * @param patience waits for answers of another server
     */
    ClaimedDeferrals(String what, Source source, Backoff patience) {
        this.what = what;
        this.source = source;
        this.patience = patience;
        this.outage = new OutageLog(LOGGER, what);
        this.ticking = new Ticking("dane-claim", this::look, RepositoryClaim.BETWEEN_LOOKS);
    }

    /**
     * Opens the store, or leaves that for later.
     *
     * @throws RepositoryClaim.TakenException if another server uses it under the same name
     * @throws MailRepositoryStore.UnsupportedRepositoryStoreException if James has no such kind of repository
     */
    synchronized void open() throws RepositoryClaim.TakenException, MailRepositoryStore.UnsupportedRepositoryStoreException {
        try {
            RepositoryClaim taken = source.claim();
            taken.take(patience);
            claim = taken;
            DeferralBackend opened = source.store();
            store = opened;
            outage.over();
            if (started) {
                opened.start();
            }
        } catch (MailRepositoryStore.UnsupportedRepositoryStoreException e) {
            throw e;
        } catch (MailRepositoryStore.MailRepositoryStoreException | MessagingException | RuntimeException e) {
            trouble = String.valueOf(e.getMessage());
            outage.failed("No mail of its queue can be deferred until then; it is tried again", e);
        }
    }

    @Override
    public synchronized void start() {
        started = true;
        ticking.start();
        DeferralBackend opened = store;
        if (opened != null) {
            opened.start();
        }
    }

    /** Looks after the claim, or tries once more. */
    synchronized void look() {
        if (closed) {
            return;
        }
        try {
            RepositoryClaim held = claim;
            if (store != null && held != null) {
                held.look();
            } else if (++ticks % BETWEEN_ATTEMPTS == 0) {
                open();
            }
        } catch (RepositoryClaim.TakenException e) {
            leave(e);
        } catch (MailRepositoryStore.UnsupportedRepositoryStoreException | MessagingException | RuntimeException e) {
            LOGGER.debug("The claim could not be looked after", e);
        } catch (OutOfMemoryError e) {
            // A timer's task that throws never runs again.
            LOGGER.error("{} could not be looked after; it is tried again", what, e);
        }
    }

    private synchronized void leave(RepositoryClaim.TakenException e) {
        trouble = String.valueOf(e.getMessage());
        outage.failed("This server leaves it alone, and defers no mail of its queue: give each server its own deferral.node", e);
        DeferralBackend left = store;
        store = null;
        claim = null;
        if (left != null) {
            left.close();
        }
    }

    @Override
    public void close() {
        ticking.close();
        DeferralBackend left;
        RepositoryClaim held;
        synchronized (this) {
            closed = true;
            left = store;
            held = claim;
        }
        if (left != null) {
            left.close();
        }
        if (held != null) {
            held.end();
        }
    }

    private DeferralBackend opened() throws MailAccessException {
        DeferralBackend opened = store;
        if (opened == null) {
            throw new MailAccessException(what + " can't be used: " + trouble, new IllegalStateException(trouble));
        }
        return opened;
    }

    @Override
    public void defer(JamesMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        opened().defer(mail, recipients, history, delay);
    }

    @Override
    public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
        return opened().list(selection, limit);
    }

    @Override
    public int release(DeferredSelection selection) throws MailAccessException {
        return opened().release(selection);
    }

    @Override
    public int delete(DeferredSelection selection) throws MailAccessException {
        return opened().delete(selection);
    }

    @Override
    public List<String> problems() {
        DeferralBackend opened = store;
        return opened != null ? opened.problems()
            : List.of(what + " can't be used (" + trouble + "): its mail stays in the queue where it should be deferred. It is tried "
                + "again; check the repository, and that each server has its own deferral.node.");
    }
}
