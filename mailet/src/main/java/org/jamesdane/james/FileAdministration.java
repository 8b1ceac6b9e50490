/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.delivery.DeferredMail;
import org.jamesdane.delivery.DeferredMails;
import org.jamesdane.delivery.DeferredSelection;
import org.jamesdane.delivery.MailAccessException;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.MailFile;
import org.jamesdane.waiting.StoredHeader;
import org.jamesdane.waiting.WaitingFiles;
import org.jamesdane.waiting.WaitingFiles.Waiting;

/** Deferred mail in files, for those who administer it. */
final class FileAdministration implements DeferredMails {
    private final String queue;
    private final WaitingFiles files;
    private final InstantSource clock;
    private final Outage outage;
    private final DamagedMails damaged;

    FileAdministration(String queue, WaitingFiles files, InstantSource clock, Outage outage, DamagedMails damaged) {
        this.queue = queue;
        this.files = files;
        this.clock = clock;
        this.outage = outage;
        this.damaged = damaged;
    }

    /** Mails of a selection that the names alone can tell; each domain is asked once. */
    private boolean mayBeMeant(Waiting waiting, DeferredSelection selection, Map<String, Boolean> asked) {
        if (selection instanceof DeferredSelection.OfRecipient one) {
            return waiting.mayBeFor(one.address());
        }
        // A plain loop: this is asked of every mail that waits.
        for (String domain : waiting.domains()) {
            if (asked.computeIfAbsent(domain, selection::mayInclude)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
        List<DeferredMail> mails = new ArrayList<>();
        Map<String, Boolean> asked = new HashMap<>();
        int[] total = new int[1];
        files.visit(waiting -> {
            if (mayBeMeant(waiting, selection, asked)) {
                // Two addresses may have one number: the header knows which is meant.
                boolean look = mails.size() < limit || selection instanceof DeferredSelection.OfRecipient;
                if (!look || view(waiting, selection, limit, mails)) {
                    total[0]++;
                }
            }
            return true;
        });
        List<DeferredMail> aside = damaged.list(selection, limit);
        mails.addAll(aside.subList(0, Math.min(aside.size(), limit - mails.size())));
        return new Listing(mails, total[0] + aside.size());
    }

    private boolean view(Waiting waiting, DeferredSelection selection, int limit, List<DeferredMail> mails) throws MailAccessException {
        try {
            Optional<StoredHeader> header = files.read(waiting).map(MailFile::header);
            boolean meant = header.isPresent() && header.get().recipients().stream().anyMatch(selection::includes);
            if (meant && mails.size() < limit) {
                mails.add(StoredMail.view(header.get(), queue, waiting.due()));
            }
            return meant;
        } catch (DamagedMailException e) {
            // It is put aside when it is due.
            return false;
        } catch (IOException e) {
            throw new MailAccessException("The deferred mail " + waiting.id() + " could not be read", e);
        }
    }

    @Override
    public int release(DeferredSelection selection) throws MailAccessException {
        List<Waiting> meant = meant(selection);
        Instant now = clock.instant();
        int released = 0;
        for (Waiting each : meant) {
            boolean sure = !(selection instanceof DeferredSelection.OfRecipient) || view(each, selection, 0, List.of());
            if (sure && files.reschedule(each, now)) {
                released++;
            }
        }
        return released;
    }

    private List<Waiting> meant(DeferredSelection selection) throws MailAccessException {
        try {
            files.readRest();
        } catch (IOException e) {
            outage.failed("Mail deferred by the last run waits", e);
            throw new MailAccessException("Not all deferred mail of the queue " + queue + " could be read", e);
        }
        List<Waiting> meant = new ArrayList<>();
        Map<String, Boolean> asked = new HashMap<>();
        files.visit(waiting -> {
            if (mayBeMeant(waiting, selection, asked)) {
                meant.add(waiting);
            }
            return true;
        });
        return meant;
    }

    @Override
    public int delete(DeferredSelection selection) throws MailAccessException {
        int changed = 0;
        for (Waiting candidate : meant(selection)) {
            // Taken out, so that it is not put back into the queue meanwhile.
            Optional<Waiting> taken = files.take(candidate);
            if (taken.isPresent() && delete(taken.get(), selection)) {
                changed++;
            }
        }
        try {
            files.sync();
        } catch (IOException e) {
            throw new MailAccessException("What was deleted may come back if the power fails", e);
        }
        return changed;
    }

    private boolean delete(Waiting waiting, DeferredSelection selection) throws MailAccessException {
        boolean gone = false;
        try {
            Optional<StoredHeader> header = files.read(waiting).map(MailFile::header);
            if (header.isEmpty()) {
                gone = true;
                return false;
            }
            List<String> others = header.get().recipients().stream().filter(address -> !selection.includes(address)).toList();
            if (others.size() == header.get().recipients().size()) {
                return false;
            }
            if (others.isEmpty()) {
                files.remove(waiting);
            } else {
                files.replace(waiting, header.get().to(others), waiting.due());
            }
            gone = true;
            return true;
        } catch (DamagedMailException e) {
            return false;
        } catch (IOException | RuntimeException e) {
            throw new MailAccessException("The deferred mail " + waiting.id() + " could not be deleted", e);
        } finally {
            if (!gone) {
                files.putBack(waiting, waiting.due());
            }
        }
    }
}
