/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.MailFile;
import org.jamesdane.waiting.StoredHeader;
import org.jamesdane.waiting.WaitingFiles;
import org.jamesdane.waiting.WaitingFiles.Waiting;

/** Lists, releases and deletes deferred mail in files for an administrator. */
final class FileAdministration implements DeferredMails {
    private static final Comparator<Waiting> BY_TIME = Comparator.comparing(Waiting::due).thenComparing(Waiting::id);

    private final String queue;
    private final WaitingFiles files;
    private final InstantSource clock;
    private final OutageLog outage;
    private final DamagedMails damaged;

    FileAdministration(String queue, WaitingFiles files, InstantSource clock, OutageLog outage, DamagedMails damaged) {
        this.queue = queue;
        this.files = files;
        this.clock = clock;
        this.outage = outage;
        this.damaged = damaged;
    }

    @Override
    public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
        Candidates candidates = candidates(selection, limit);
        List<DeferredMail> mails = new ArrayList<>();
        int total = candidates.total();
        for (Waiting waiting : candidates.first()) {
            if (!view(waiting, selection, limit, mails)) {
                total--;
            }
        }
        List<DeferredMail> aside = damaged.list(selection, limit);
        mails.addAll(aside.subList(0, Math.min(aside.size(), limit - mails.size())));
        return new Listing(mails, total + aside.size());
    }

    /**
     * Mails that the names of the files say are meant.
     *
     * @param first those that are due first, in the order of their times
     * @param total how many there are
     */
    private record Candidates(List<Waiting> first, int total) {
    }

    private Candidates candidates(DeferredSelection selection, int limit) {
        if (selection instanceof DeferredSelection.All) {
            List<Waiting> first = new ArrayList<>();
            int known = files.size();
            files.<RuntimeException>visit(waiting -> first.size() < limit && first.add(waiting));
            return new Candidates(first, Math.max(known, first.size()));
        }
        if (selection instanceof DeferredSelection.OfRecipient) {
            // Two addresses may have one number: all headers have to be asked which is meant.
            List<Waiting> all = meant(selection);
            all.sort(BY_TIME);
            return new Candidates(all, all.size());
        }
        PriorityQueue<Waiting> first = new PriorityQueue<>(BY_TIME.reversed());
        int[] total = new int[1];
        files.<RuntimeException>visit(selection::mayInclude, waiting -> {
            total[0]++;
            first.add(waiting);
            if (first.size() > limit) {
                first.remove();
            }
            return true;
        });
        return new Candidates(first.stream().sorted(BY_TIME).toList(), total[0]);
    }

    /** The mails of a selection as the names of the files have it, in no order. */
    private List<Waiting> meant(DeferredSelection selection) {
        List<Waiting> meant = new ArrayList<>();
        files.<RuntimeException>visit(selection::mayInclude, waiting -> {
            if (!(selection instanceof DeferredSelection.OfRecipient one) || waiting.mayBeFor(one.address())) {
                meant.add(waiting);
            }
            return true;
        });
        return meant;
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
        readRest();
        Instant now = clock.instant();
        int released = 0;
        for (Waiting each : meant(selection)) {
            boolean sure = !(selection instanceof DeferredSelection.OfRecipient) || view(each, selection, 0, List.of());
            if (sure && files.reschedule(each, now)) {
                released++;
            }
        }
        return released;
    }

    private void readRest() throws MailAccessException {
        try {
            files.readRest();
        } catch (IOException e) {
            outage.failed("Mail deferred by the last run waits", e);
            throw new MailAccessException("Not all deferred mail of the queue " + queue + " could be read", e);
        }
    }

    @Override
    public int delete(DeferredSelection selection) throws MailAccessException {
        readRest();
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
