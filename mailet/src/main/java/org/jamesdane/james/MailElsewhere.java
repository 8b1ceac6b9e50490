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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.mail.MessagingException;

import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.queue.api.MailQueueFactory;
import org.jamesdane.store.StoreException;
import org.jamesdane.store.WaitingRecipients;
import org.jamesdane.waiting.RealDisk;
import org.jamesdane.waiting.WaitingFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds deferred mail in forms and for queues that nobody reads here. Causes are a change of deferral.store and back, another name of this
 * server, or a queue that no mailet delivers from any more.
 */
final class MailElsewhere {
    private static final Logger LOGGER = LoggerFactory.getLogger(MailElsewhere.class);
    private static final String FOLDER = "dane/deferred/";
    /** Time by which a row is late for certain if no node releases it; a node that works is late by seconds. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(15);

    private final Where where;
    private final PlacesRead read;
    private final InstantSource clock;
    private final QueuesElsewhere queues;
    private volatile List<String> found = List.of();

    /**
     * The places where deferred mail may be.
     *
     * @param waiting the directory with the files of all queues
     * @param repositories James's repositories
     * @param files finds repositories in files without opening them
     * @param queues James's queues
     * @param database the rows of all nodes; empty without a database
     */
    record Where(Path waiting, MailRepositoryStore repositories, FileSystem files, MailQueueFactory<?> queues,
            Optional<WaitingRecipients> database) {
    }

    MailElsewhere(Where where, PlacesRead read, InstantSource clock) {
        this.where = where;
        this.read = read;
        this.clock = clock;
        this.queues = new QueuesElsewhere(where.queues(), read);
    }

    /** Problems found last, one sentence each. */
    List<String> problems() {
        return found;
    }

    /** Looks once more; what is new is logged. */
    synchronized void look() {
        List<String> sentences = new ArrayList<>();
        sentences.addAll(inFiles());
        sentences.addAll(inRepositories());
        sentences.addAll(where.database().map(this::inDatabase).orElse(List.of()));
        sentences.addAll(queues.look());
        sentences.stream().filter(sentence -> !found.contains(sentence)).forEach(LOGGER::warn);
        found = List.copyOf(sentences);
    }

    private List<String> inFiles() {
        List<String> sentences = new ArrayList<>();
        try {
            RealDisk disk = new RealDisk();
            for (String queue : disk.list(where.waiting())) {
                Path directory = where.waiting().resolve(queue);
                long mails = read.isDirectory(queue) ? 0 : WaitingFiles.count(disk, directory);
                if (mails > 0) {
                    sentences.add(mails + " deferred mails of this extension lie in the files below " + directory + ", which nobody reads: "
                        + "dane-check deferred move moves them to the directory of a queue, and a server with deferral.store=files sends "
                        + "them.");
                }
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.warn("It could not be seen if deferred mail lies below {}", where.waiting(), e);
        }
        return sentences;
    }

    private List<String> inRepositories() {
        List<String> sentences = new ArrayList<>();
        try (Stream<MailRepositoryUrl> urls = where.repositories().getUrls()) {
            for (String url : urls.map(MailRepositoryUrl::asString).filter(each -> each.contains(FOLDER)).sorted().toList()) {
                long mails = read.isRepository(url, clock.instant()) ? 0 : size(url);
                if (mails != 0) {
                    sentences.add((mails < 0 ? "Deferred mail" : mails + " deferred mails") + " of this extension may lie in the "
                        + "repository " + url + ", which nobody reads: POST /dane/deferred?action=import&from=URL takes it over.");
                }
            }
        } catch (RuntimeException e) {
            LOGGER.warn("It could not be seen if deferred mail lies in James's repositories", e);
        }
        return sentences;
    }

    /** A negative number if it can't be told. A repository in files is not opened for that, its files are counted. */
    private long size(String url) {
        try {
            if (url.startsWith(FileSystem.FILE_PROTOCOL)) {
                return new RealDisk().list(where.files().getFile(url).toPath()).stream().filter(name -> name.endsWith("FileStreamStore"))
                    .count();
            }
            return where.repositories().select(MailRepositoryUrl.from(url)).size();
        } catch (FileNotFoundException e) {
            return 0;
        } catch (IOException | MailRepositoryStore.MailRepositoryStoreException | MessagingException | RuntimeException e) {
            LOGGER.debug("The repository {} can't be counted", url, e);
            return -1;
        }
    }

    /** Rows of a queue that this server serves in another form are nobody's; those of other queues may be another node's. */
    private List<String> inDatabase(WaitingRecipients database) {
        try {
            return database.counts().stream()
                .filter(each -> !read.isRows(each.queue()) && (read.isQueue(each.queue()) || each.late().compareTo(FORGOTTEN) > 0))
                .map(each -> each.mails() + " deferred mails of the queue " + each.queue() + " wait in the database, and nobody releases "
                    + "them: set deferral.store=database on a server whose mailet delivers from that queue.")
                .toList();
        } catch (StoreException | RuntimeException e) {
            LOGGER.warn("It could not be seen if deferred mail waits in the database", e);
            return List.of();
        }
    }
}
