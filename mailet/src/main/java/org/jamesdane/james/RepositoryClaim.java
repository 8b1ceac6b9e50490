/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;

import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.delivery.retry.Backoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A claim on what a queue of this server keeps in repositories, by which two servers with one name notice each other.
 *
 * <p>The holder of the claim has a key in a repository of its own, writes nothing more, and only looks for questions. A starting server
 * leaves a question. If nobody answers, the former holder is gone. No clock is compared.
 */
final class RepositoryClaim {
    /** Time between two looks of who holds a claim. */
    static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
    /** Looks that are waited for before somebody counts as gone. */
    private static final int LOOKS = 4;
    private static final Logger LOGGER = LoggerFactory.getLogger(RepositoryClaim.class);
    private static final String HELD = "held-by-";
    private static final String QUESTION = "asked-by-";
    private static final String ANSWER = "answer-to-";
    private static final FixedOctets TEXT =
        new FixedOctets("Subject: claim\r\n\r\nThis is no mail: a server has its deferred mail here.\r\n");

    private final MailRepository repository;
    private final String id;
    private final InstantSource clock;
    private boolean told;

    /** Another server has the claim. */
    static final class TakenException extends Exception {
        private static final long serialVersionUID = 1L;

        TakenException(String sentence) {
            super(sentence);
        }
    }

    /**
     * Prepares it; nothing is written before {@link #take}.
     *
     * @param repository for claims alone, shared by all servers that might have this one's name
     * @param id letters and digits that no other run of any server has
     */
    RepositoryClaim(MailRepository repository, String id, InstantSource clock) {
        this.repository = repository;
        this.id = id;
        this.clock = clock;
    }

    /**
     * Takes the claim. Where another server has left one, it is waited for an answer for some seconds.
     *
     * @throws TakenException if another server has it
     */
    void take(Backoff patience) throws MessagingException, TakenException {
        write(QUESTION + id);
        boolean taken = false;
        try {
            for (int i = 0; i < LOOKS && !others().isEmpty(); i++) {
                answer(keys());
                patience.pause(BETWEEN_LOOKS);
                if (keys().contains(ANSWER + id)) {
                    throw new TakenException("another server uses it under the same name");
                }
            }
            for (String gone : others()) {
                LOGGER.info("{} has ended without taking its claim back", gone);
                remove(gone);
            }
            write(HELD + id);
            taken = true;
        } finally {
            if (!taken) {
                remove(ANSWER + id);
            }
            remove(QUESTION + id);
        }
    }

    /** Keys of all who hold the claim or ask for it, but this one. */
    private Set<String> others() throws MessagingException {
        Set<String> others = keys();
        others.removeIf(key -> key.endsWith(id) || key.startsWith(ANSWER));
        return others;
    }

    private Set<String> keys() throws MessagingException {
        Set<String> keys = new TreeSet<>();
        for (Iterator<MailKey> each = repository.list(); each.hasNext();) {
            keys.add(each.next().asString());
        }
        return keys;
    }

    /** Of two that ask at the same time, the lesser id goes on. */
    private void answer(Set<String> keys) throws MessagingException {
        boolean holds = keys.contains(HELD + id);
        for (String key : keys) {
            if (key.startsWith(QUESTION) && !key.endsWith(id)) {
                String other = key.substring(QUESTION.length());
                if ((holds || id.compareTo(other) < 0) && !keys.contains(ANSWER + other)) {
                    tell();
                    write(ANSWER + other);
                }
            }
            if (key.startsWith(ANSWER) && !keys.contains(QUESTION + key.substring(ANSWER.length()))) {
                remove(key);
            }
        }
    }

    /** Another server may ask again and again. */
    private void tell() {
        if (told) {
            LOGGER.debug("Another server still asks for what this one has claimed");
        } else {
            told = true;
            LOGGER.error("Another server asks for the deferred mail that this one has claimed, and is turned away: it has the same name, "
                + "and needs a deferral.node of its own");
        }
    }

    /**
     * Answers who asks. For every {@link #BETWEEN_LOOKS} or so.
     *
     * @throws TakenException if another server took this one for gone, and has the claim now
     */
    void look() throws MessagingException, TakenException {
        Set<String> keys = keys();
        if (!keys.contains(HELD + id)) {
            if (keys.stream().anyMatch(key -> key.startsWith(HELD))) {
                throw new TakenException("another server uses it under the same name, since this one stood still");
            }
            write(HELD + id);
        }
        answer(keys);
    }

    /** Takes the claim back. */
    void end() {
        try {
            remove(HELD + id);
        } catch (MessagingException | RuntimeException e) {
            LOGGER.warn("The claim could not be taken back; the next start waits some seconds for an answer", e);
        }
    }

    private void write(String key) throws MessagingException {
        MailImpl claim = MailImpl.builder().name(key).state("claim").lastUpdated(Date.from(clock.instant())).build();
        try {
            claim.setMessageNoCopy(new VerbatimMessage(TEXT));
            repository.store(claim);
        } finally {
            LifecycleUtil.dispose(claim);
        }
    }

    private void remove(String key) throws MessagingException {
        repository.remove(new MailKey(key));
    }
}
